import packageJson from '../../../package.json' with { type: 'json' };
import type { Verification } from '../../verify/index.ts';
import { citation } from '../citation.ts';
import { colorsOf, print } from '../console.ts';
import { printJson, remark, secondsSince, type Context } from '../context.ts';
import { InputError, inWordsOf } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { ProgressLine } from '../progress.ts';
import { inputName, readInput } from '../read-input.ts';
import { dimensionInWords, duration, reportBlock, wrap, type ReportRow } from '../report.ts';
import { verifyInWorker } from '../worker.ts';

export interface VerifyCommandOptions {
  readonly json?: boolean;
  readonly quick?: boolean;
  /** The default. */
  readonly deterministic?: boolean;
  readonly cite?: boolean;
  readonly maxOperations?: string;
}

/** `dimcert verify`: checks a certificate, trusting nothing in it. */
export async function verifyCommand(
  source: string,
  options: VerifyCommandOptions,
  context: Context,
): Promise<number> {
  const name = inputName(source);
  const maxOperations = operationsOf(options.maxOperations);
  const text = await readInput(source, context.interruptions);
  const signal = context.interruptions.listen();
  const progress = new ProgressLine(context.console.stderr);
  const start = performance.now();
  let verdict: Verification;
  try {
    const names = { certificate: `${name}: `, memory: `${name}: memory`, quick: '--quick' };
    const quick = options.quick ?? false;
    verdict = await inWordsOf(names, () =>
      verifyInWorker(text, { signal, onProgress: progress.report, maxOperations, quick }),
    );
  } finally {
    progress.clear();
  }
  const seconds = secondsSince(start);
  if (options.json) await printJson(context, { ...verdict, seconds });
  if (!verdict.accepted) {
    const { path, expected, got } = verdict.fault;
    const isTooLarge = expected.endsWith('elementary operations');
    const word = isTooLarge ? 'rejected unchecked' : 'rejected';
    const hint = isTooLarge ? ' (nothing is known to be wrong; --max-operations allows more)' : '';
    await remark(
      context,
      `${name}: ${word}: ${path.replace(/^certificate\./, '')}: expected ${expected}, got ${got}${hint}`,
    );
    return exitCodes.rejected;
  }
  if (options.json) return exitCodes.done;

  const { stdout, env } = context.console;
  if (options.cite) {
    await print(stdout, citation(text, verdict, packageJson.version));
    return exitCodes.done;
  }
  const rows = [
    { label: 'accepted', value: name },
    ...found(verdict),
    ...(verdict.field
      ? [{ label: 'field', value: verdict.field }]
      : [{ label: 'prime', value: verdict.prime }]),
    { label: 'time', value: duration(seconds) },
  ];
  const width = stdout.columns === undefined ? Infinity : stdout.columns - 3;
  const statements = verdict.statements.map((statement) => `- ${wrap(statement, width).join('\n  ')}\n`);
  await print(stdout, `${reportBlock(rows, colorsOf(stdout, env), stdout.columns)}\n${statements.join('')}`);
  return exitCodes.done;
}

/** What a certificate of either kind proves. */
function found(verdict: Verification & { readonly accepted: true }): ReportRow[] {
  if (verdict.kind === 'rank') {
    const { rows, cols, rank } = verdict;
    return [
      { label: 'kind', value: 'rank of a matrix' },
      { label: 'matrix', value: `${rows} × ${cols}` },
      { label: 'rank', value: String(rank), note: rank === Math.min(rows, cols) ? 'exact, full' : 'exact' },
    ];
  }
  const { parameters, dimension, witness, probable } = verdict;
  return [
    { label: 'parameters', value: String(parameters) },
    { label: 'dimension', value: dimensionInWords(dimension), ...(dimension.exact && { note: 'exact' }) },
    ...(witness
      ? [
          {
            label: 'lower bound',
            value: 'by a witness',
            note: `error probability at most ${witness.errorProbability}, if ${witness.assumption}`,
          },
        ]
      : []),
    ...(probable
      ? [
          {
            label: 'probably',
            value: dimensionInWords({ lower: dimension.lower, upper: probable.upper }),
            note: `error probability at most ${probable.errorProbability}`,
          },
        ]
      : []),
  ];
}

function operationsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!/^[0-9.]+(e[0-9]+)?$/.test(text) || !(count >= 1))
    throw new InputError(`--max-operations: expected a positive number, got ${JSON.stringify(text)}`);
  return count;
}
