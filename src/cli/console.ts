import pc from 'picocolors';
import { fileReason, InputError } from './errors.ts';

export type Colors = ReturnType<typeof pc.createColors>;
export type Output = NodeJS.WritableStream & Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>>;

/** Where results and prose go. */
export interface Console {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: NodeJS.ProcessEnv;
}

/** Colours for a stream: only a terminal has them, and not if NO_COLOR is set (no-color.org). */
export function colorsOf(stream: Output, env: NodeJS.ProcessEnv): Colors {
  return pc.createColors(stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb');
}

/**
 * Writes a text and waits until it is out. A reader that went away (`| head -1`) is no error: the command ends as it would have.
 * Throws an `InputError` where nothing can be written (a full disk).
 */
export async function print(stream: Output, text: string): Promise<void> {
  const error = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) => {
    if (!stream.writable) resolve(null);
    else stream.write(text, resolve);
  });
  if (error && error.code !== 'EPIPE')
    throw new InputError(`stdout: cannot be written: ${fileReason(error)}`, { cause: error });
}

/** The console of this process. Errors of its streams are those that `print` reports, so nothing else listens to them. */
export function processConsole(): Console {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return { stdout: process.stdout, stderr: process.stderr, env: process.env };
}
