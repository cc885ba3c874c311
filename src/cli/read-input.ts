import { readFileSync } from 'node:fs';
import { fileReason, InputError } from './errors.ts';
import type { Interruptions } from './interruption.ts';

/** The name of an input in messages. */
export function inputName(source: string): string {
  return source === '-' ? 'stdin' : source;
}

/** The text of a file, or of stdin for `-`. Throws an `InputError` if it cannot be read, is empty, or is no UTF-8. */
export async function readInput(
  source: string,
  interruptions: Interruptions,
  stdin: NodeJS.ReadStream = process.stdin,
): Promise<string> {
  const name = inputName(source);
  const bytes = source === '-' ? await readStream(stdin, interruptions.listen()) : readFile(source);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${name}: expected text in UTF-8, got other bytes`);
  }
  if (text.trim() === '') throw new InputError(`${name}: expected a JSON object, got nothing (it is empty)`);
  return text;
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new InputError(`${path}: cannot be read: ${fileReason(error)}`, { cause: error });
  }
}

async function readStream(stdin: NodeJS.ReadStream, signal: AbortSignal): Promise<Uint8Array> {
  const stop = (): void => void stdin.destroy(signal.reason as Error);
  signal.addEventListener('abort', stop);
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of stdin) chunks.push(chunk as Uint8Array);
    return Buffer.concat(chunks);
  } catch (error) {
    signal.throwIfAborted();
    throw new InputError(`stdin: cannot be read: ${fileReason(error)}`, { cause: error });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
