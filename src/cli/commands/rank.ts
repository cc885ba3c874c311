import { createReadStream } from 'node:fs';
import { parsePrime } from '../../field/any-prime.ts';
import type { Residue } from '../../field/residue.ts';
import { readMatrix, type MatrixFormat } from '../../matrix-file/index.ts';
import { rankAsync, type Matrix } from '../../matrix/index.ts';
import { colorsOf, print } from '../console.ts';
import { printJson, secondsSince, type Context } from '../context.ts';
import { fileReason, InputError, inWordsOf } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { ProgressLine } from '../progress.ts';
import { inputName } from '../read-input.ts';
import { duration, reportBlock } from '../report.ts';

export interface RankOptions {
  readonly prime: string;
  readonly threads?: string;
  readonly json?: boolean;
}

/** Far beyond what pays; each thread takes memory. */
const mostThreads = 256;

const formatNames: Readonly<Record<MatrixFormat, string>> = {
  npy: 'NumPy .npy',
  'matrix-market': 'MatrixMarket',
  sms: 'SMS',
  delimited: 'integers in rows',
};

/** `dimcert rank`: the rank of a matrix of integers modulo a prime. */
export async function rankCommand(source: string, options: RankOptions, context: Context): Promise<number> {
  const name = inputName(source);
  const prime = await inWordsOf({ prime: '--prime' }, () => parsePrime(options.prime));
  const threads = threadsOf(options.threads);
  const signal = context.interruptions.listen();
  const { format, matrix } = await readFrom(source, prime, signal);
  const progress = new ProgressLine(context.console.stderr);
  const start = performance.now();
  let found: number;
  try {
    found = await inWordsOf({ memory: `${name}: memory` }, () =>
      rankAsync(matrix, prime, {
        threads,
        signal,
        onProgress: (report) => progress.report(report, 'rank '),
      }),
    );
  } finally {
    progress.clear();
  }
  const seconds = secondsSince(start);
  const { rows, cols } = matrix;
  if (options.json) {
    await printJson(context, { rows, cols, rank: found, prime: String(prime), seconds });
    return exitCodes.done;
  }
  const { stdout, env } = context.console;
  const report = [
    { label: 'matrix', value: `${rows} × ${cols}`, note: formatNames[format] },
    { label: 'rank', value: String(found), note: found === Math.min(rows, cols) ? 'full' : undefined },
    { label: 'prime', value: String(prime) },
    { label: 'time', value: duration(seconds) },
  ];
  await print(stdout, reportBlock(report, colorsOf(stdout, env), stdout.columns));
  return exitCodes.done;
}

function threadsOf(text: string | undefined): number {
  const count = Number(text ?? 1);
  if (text !== undefined && !(/^[0-9]+$/.test(text) && count >= 1 && count <= mostThreads))
    throw new InputError(
      `--threads: expected an integer from 1 to ${mostThreads}, got ${JSON.stringify(text)}`,
    );
  return count;
}

/** Reads a matrix chunk by chunk; an `InputError` says where the file is wrong. */
async function readFrom(
  source: string,
  prime: Residue,
  signal: AbortSignal,
): Promise<{ format: MatrixFormat; matrix: Matrix }> {
  const name = inputName(source);
  const stream = source === '-' ? process.stdin : createReadStream(source);
  const stop = (): void => void stream.destroy(signal.reason as Error);
  signal.addEventListener('abort', stop);
  try {
    return await readMatrix(stream as AsyncIterable<Uint8Array>, prime);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RangeError) throw new InputError(`${name}: ${error.message}`, { cause: error });
    throw new InputError(`${name}: cannot be read: ${fileReason(error)}`, { cause: error });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
