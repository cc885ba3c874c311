import { parsePrime } from '../../field/any-prime.ts';
import type { Residue } from '../../field/residue.ts';
import type { MatrixFormat } from '../../matrix-file/index.ts';
import { colorsOf, print } from '../console.ts';
import { printJson, type Context } from '../context.ts';
import { InputError, inWordsOf } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { ProgressLine } from '../progress.ts';
import type { RankFound } from '../rank-task.ts';
import { inputName, openInput } from '../read-input.ts';
import { duration, reportBlock } from '../report.ts';
import { rankInWorker } from '../worker.ts';
import { demandOtherFile, openOutputFile } from '../write-atomically.ts';

export interface RankOptions {
  readonly prime?: string;
  readonly rationals?: boolean;
  readonly threads?: string;
  readonly certificate?: string;
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

/** `dimcert rank`: the rank of a matrix of integers, modulo a prime or over Q, and a certificate of it. */
export async function rankCommand(source: string, options: RankOptions, context: Context): Promise<number> {
  const name = inputName(source);
  const prime = await fieldOf(options);
  const threads = threadsOf(options.threads);
  const { certificate: output, json } = options;
  if (output === '-' && json)
    throw new InputError(
      '--json: expected --certificate FILE, got --certificate - (both would write to stdout)',
    );
  if (prime === null && threads > 1)
    throw new InputError('--threads: expected 1 with --rationals, which is computed in one thread');
  if (output !== undefined && threads > 1)
    throw new InputError('--threads: expected 1 with --certificate, which is computed in one thread');
  if (output !== undefined) demandOtherFile(output, source, '--certificate');
  const file = output === undefined || output === '-' ? undefined : openOutputFile(output, '--certificate');
  const input = openInput(source);
  const signal = context.interruptions.listen();
  const progress = new ProgressLine(context.console.stderr);
  let found: RankFound;
  try {
    found = await inWordsOf({ matrix: `${name}: matrix`, memory: `${name}: memory` }, () =>
      rankInWorker(
        { name, input, prime, threads, certificate: output !== undefined },
        {
          signal,
          onProgress: (report) => progress.report(report, report.phase === 'elimination' ? 'rank ' : ''),
        },
      ),
    );
  } finally {
    progress.clear();
  }
  signal.throwIfAborted();

  const { format, rows, cols, rank, seconds, certificate } = found;
  file?.write(certificate!);
  const { stdout, env } = context.console;
  if (output === '-') {
    await print(stdout, certificate!);
    return exitCodes.done;
  }
  if (json) {
    const kept = file && { certificate: file.path };
    const field = prime === null ? { field: 'Q' } : { prime: String(prime) };
    await printJson(context, { rows, cols, rank, ...field, seconds, ...kept });
    return exitCodes.done;
  }
  const report = [
    { label: 'matrix', value: `${rows} × ${cols}`, note: formatNames[format] },
    { label: 'rank', value: String(rank), note: rank === Math.min(rows, cols) ? 'full' : undefined },
    prime === null ? { label: 'field', value: 'Q' } : { label: 'prime', value: String(prime) },
    { label: 'time', value: duration(seconds) },
    ...(file ? [{ label: 'certificate', value: file.path }] : []),
  ];
  await print(stdout, reportBlock(report, colorsOf(stdout, env), stdout.columns));
  return exitCodes.done;
}

/** The prime, or null for the rational numbers. */
async function fieldOf({ prime, rationals }: RankOptions): Promise<Residue | null> {
  if (rationals && prime !== undefined)
    throw new InputError('--rationals: expected no --prime beside it, got both');
  if (rationals) return null;
  if (prime === undefined)
    throw new InputError('--prime: expected a prime below 2^62, or --rationals, got neither');
  return inWordsOf({ prime: '--prime' }, () => parsePrime(prime));
}

function threadsOf(text: string | undefined): number {
  const count = Number(text ?? 1);
  if (text !== undefined && !(/^[0-9]+$/.test(text) && count >= 1 && count <= mostThreads))
    throw new InputError(
      `--threads: expected an integer from 1 to ${mostThreads}, got ${JSON.stringify(text)}`,
    );
  return count;
}
