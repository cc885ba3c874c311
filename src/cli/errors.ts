import { exitCodes } from './exit-codes.ts';

/** Bad usage or bad input: its message says what and where, in one line. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** Ctrl-C or SIGTERM. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  override readonly cause: 'SIGINT' | 'SIGTERM';

  constructor(cause: 'SIGINT' | 'SIGTERM') {
    super(cause === 'SIGINT' ? 'interrupted' : 'terminated');
    this.cause = cause;
  }
}

/** A text without line breaks and without control characters, which a terminal would obey. */
export function oneLine(text: string): string {
  return text.replace(/\s*[\p{Cc}\u2028\u2029]+\s*/gu, ' ').trim();
}

/** The exit code for something thrown, and the lines for stderr: one, but for an internal error with DIMCERT_DEBUG=1. */
export function explain(thrown: unknown, debug: boolean): { exitCode: number; text: string } {
  if (thrown instanceof Interruption) {
    const exitCode = thrown.cause === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
    return { exitCode, text: thrown.message };
  }
  if (thrown instanceof InputError) return { exitCode: exitCodes.badInput, text: oneLine(thrown.message) };
  const what = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  const hint = debug ? '' : ' (DIMCERT_DEBUG=1 shows where)';
  const text = `internal error, please report it with the command and its input: ${oneLine(what)}${hint}`;
  const stack = debug && thrown instanceof Error && thrown.stack ? `\n${thrown.stack}` : '';
  return { exitCode: exitCodes.internal, text: text + stack };
}

/** What the library calls a thing, and what its user calls it. A name that ends in `: ` is a file, and paths follow it. */
export type Names = Readonly<Record<string, string>>;

/**
 * Runs a step of the library: a `TypeError` or `RangeError` in the house's form (`title: expected X, got Y`) whose title begins
 * with a key of `names` is the user's input, and becomes an `InputError` in the user's words; so does, as `memory`, what does not fit
 * into the engine's memory. Every other error is passed on.
 */
export async function inWordsOf<T>(names: Names, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (names['memory'] !== undefined && isOutOfMemory(error))
      throw new InputError(
        `${names['memory']}: expected a computation that fits, got ${(error as Error).message}`,
        {
          cause: error,
        },
      );
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    const { message } = error;
    const title = Object.keys(names)
      .filter((key) => message.startsWith(key) && '.[:'.includes(message.charAt(key.length)))
      .sort((a, b) => b.length - a.length)[0];
    if (title === undefined || !message.includes(': expected ')) throw error;
    const name = names[title]!;
    const rest = message.slice(title.length);
    throw new InputError(name + (name.endsWith(': ') ? rest.replace(/^(\.|: )/, '') : rest), {
      cause: error,
    });
  }
}

/** What V8 and Node throw where memory ends, or an array would be longer than any can be. */
function isOutOfMemory(error: unknown): boolean {
  if ((error as NodeJS.ErrnoException | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY') return true;
  const reasons =
    /^(Invalid (typed )?array length|Array buffer allocation failed|Map maximum size exceeded)|could not allocate memory/;
  return error instanceof RangeError && reasons.test(error.message);
}

/** A short reason for a failed system call on a file. */
export function fileReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or directory',
    EISDIR: 'is a directory',
    ENOTDIR: 'a part of the path is not a directory',
    EACCES: 'permission denied',
    EPERM: 'operation not permitted',
    EROFS: 'read-only file system',
    ENOSPC: 'no space left on device',
    EMFILE: 'too many open files',
    ELOOP: 'too many symbolic links',
    ENAMETOOLONG: 'the name is too long',
    ERR_STRING_TOO_LONG: 'larger than 512 MiB',
    ERR_FS_FILE_TOO_LARGE: 'larger than 2 GiB',
  };
  return (code !== undefined && reasons[code]) || message;
}
