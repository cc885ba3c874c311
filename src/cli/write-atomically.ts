import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileReason, InputError } from './errors.ts';

/** A place for a file, known to be writable when it was asked for. */
export interface OutputFile {
  readonly path: string;
  /** Writes the whole text or nothing: a temporary file beside it, fsync, rename. A device or a pipe is written directly. */
  write(text: string): void;
}

/**
 * Finds out, before a long computation, whether a file can be written: by making a file beside it and removing it again.
 *
 * Throws an `InputError`. Probe and `write` are synchronous: no signal handler runs between a temporary file and its end.
 */
export function openOutputFile(path: string, option = '-o'): OutputFile {
  if (path === '') throw new InputError(`${option}: expected the name of a file or -, got ""`);
  const existing = attempt(path, () => statSync(path, { throwIfNoEntry: false }));
  if (existing?.isDirectory() || path.endsWith('/'))
    throw new InputError(`${path}: cannot be written: is a directory`);
  if (existing && !existing.isFile())
    return { path, write: (text) => attempt(path, () => writeFileSync(path, text)) };
  // A symbolic link stays: the file that it names is replaced.
  const target = existing ? realpathSync(path) : path;
  const mode = existing && existing.mode & 0o777;
  attempt(path, () => {
    if (existing) accessSync(target, constants.W_OK);
    unlinkSync(temporaryBeside(target, mode, ''));
  });
  return {
    path,
    write: (text) =>
      attempt(path, () => {
        const temporary = temporaryBeside(target, mode, text);
        try {
          renameSync(temporary, target);
        } catch (error) {
          unlinkSync(temporary);
          throw error;
        }
      }),
  };
}

/** Throws an `InputError` if an output would replace the input. */
export function demandOtherFile(output: string, input: string, option: string): void {
  if (output === '-' || input === '-') return;
  const [a, b] = [output, input].map((path) => statSync(path, { throwIfNoEntry: false }));
  if (a?.isFile() && b && a.dev === b.dev && a.ino === b.ino)
    throw new InputError(`${option}: expected a file other than the input, got ${JSON.stringify(output)}`);
}

/** Writes a text into a new file in the folder of `target`, through to the disk, and returns its name; no file if that fails. */
function temporaryBeside(target: string, mode: number | undefined, text: string): string {
  const path = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  const descriptor = openSync(path, 'wx');
  try {
    if (mode !== undefined) fchmodSync(descriptor, mode);
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(descriptor);
  }
  return path;
}

function attempt<T>(path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw new InputError(`${path}: cannot be written: ${fileReason(error)}`, { cause: error });
  }
}
