import { resolve } from 'node:path';
import { BoundContradiction, serializeCertificate, type CertifyResult } from '../../certificate/index.ts';
import { describeModel } from '../../model-config/index.ts';
import type { Network } from '../../network/index.ts';
import { colorsOf, print } from '../console.ts';
import { printJson, remark, type Context } from '../context.ts';
import { InputError, inWordsOf } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { inputName } from '../read-input.ts';
import { modelOf, type ModelFlags } from '../model-input.ts';
import { networkOf } from '../network-input.ts';
import { ProgressLine } from '../progress.ts';
import { dimensionInWords, duration, modelRows, reportBlock, type ReportRow } from '../report.ts';
import { certifyInWorker } from '../worker.ts';
import { demandOtherFile, openOutputFile, type OutputFile } from '../write-atomically.ts';

export interface CertifyCommandOptions extends ModelFlags {
  readonly output?: string;
  readonly prime?: string;
  readonly seed?: string;
  readonly witness?: boolean;
  readonly json?: boolean;
}

/** `dimcert certify`: computes the dimension, and writes a certificate. `certify` stands in for the library's in tests. */
export async function certifyCommand(
  source: string | undefined,
  options: CertifyCommandOptions,
  context: Context,
  certify: typeof certifyInWorker = certifyInWorker,
): Promise<number> {
  const { output, json } = options;
  if (options.witness && output === undefined)
    throw new InputError('--witness: expected -o FILE, which keeps the certificate, got none');
  const input = options.config ?? source;
  if (output === '-' && json)
    throw new InputError('--json: expected -o FILE, got -o - (both would write to stdout)');
  if (output !== undefined && input !== undefined) demandOtherFile(output, input, '-o');
  const file = output === undefined || output === '-' ? undefined : openOutputFile(output);
  const model = await modelOf(source, options, context.interruptions);
  const network = model?.scaledDown.network ?? (await networkOf(source, options, context.interruptions));
  const { stdout, stderr, env } = context.console;
  const signal = context.interruptions.listen();
  const progress = new ProgressLine(stderr);
  let result: CertifyResult;
  try {
    const where = input === undefined ? 'network: ' : `${inputName(input)}: `;
    const names = { prime: '--prime', seed: '--seed', network: where, memory: `${where}memory` };
    result = await inWordsOf(names, () =>
      certify(network, {
        signal,
        onProgress: (report) =>
          progress.report(report, ['independence', 'witness'].includes(report.phase) ? '' : 'rank '),
        ...(options.prime !== undefined && { prime: options.prime }),
        ...(options.seed !== undefined && { seed: options.seed }),
        ...(options.witness && { witness: true }),
      }),
    );
  } catch (error) {
    progress.clear();
    if (error instanceof BoundContradiction) return keepContradiction(error, file, context);
    throw error;
  }
  progress.clear();
  signal.throwIfAborted();

  const { certificate, ...found } = result;
  file?.write(serializeCertificate(certificate));
  const description =
    model && describeModel(model, { lower: result.dimension.lower, upper: result.proved.upper });
  if (output === '-') await print(stdout, serializeCertificate(certificate));
  else if (json) {
    const { prime, seconds } = found;
    const known = description ? { ...description, prime, seconds } : found;
    await printJson(context, { ...known, certificate: file?.path ?? null });
  } else {
    const rows = [
      ...(description ? modelRows(description) : networkRows(result, network)),
      ...runRows(result, file),
    ];
    await print(stdout, reportBlock(rows, colorsOf(stdout, env), stdout.columns));
  }
  if (output === undefined && !json)
    await remark(
      context,
      `no certificate was kept; -o FILE writes one, which dimcert verify FILE checks${found.dimension.exact ? '' : ' and dimcert explain FILE explains'}`,
    );
  return exitCodes.done;
}

function networkRows(result: CertifyResult, network: Network): ReportRow[] {
  const { parameters, dimension, proved, prime, certificate } = result;
  const probable = certificate.probableUpperBound;
  const { lower, exact } = dimension;
  const layers = network.layers.length;
  return [
    {
      label: 'parameters',
      value: String(parameters),
      note: `${layers} ${layers === 1 ? 'layer' : 'layers'}, sequence length ${network.sequenceLength}`,
    },
    { label: 'upper bound', value: String(proved.upper), note: proved.statement },
    ...(probable
      ? [
          {
            label: 'probable bound',
            value: String(probable.upper),
            note: `error probability at most ${probable.errorProbability}; ${probable.statement}`,
          },
        ]
      : []),
    {
      label: 'lower bound',
      value: String(lower),
      note: `a minor of the Jacobian that is not zero modulo ${prime}`,
    },
    {
      label: 'dimension',
      value: dimensionInWords({ lower, upper: proved.upper }),
      note: exact
        ? 'exact: the bounds meet, and both are proved'
        : probable
          ? `proved; ${dimensionInWords(dimension)} but for the error probability`
          : 'not exact: the bounds do not meet',
    },
  ];
}

/** How it was computed, where it is kept, and where there is more about an interval. */
function runRows({ dimension, prime, seconds }: CertifyResult, file: OutputFile | undefined): ReportRow[] {
  return [
    { label: 'prime', value: prime },
    { label: 'time', value: duration(seconds) },
    ...(file ? [{ label: 'certificate', value: file.path }] : []),
    ...(dimension.exact ? [] : [{ label: 'why', value: `dimcert explain ${file?.path ?? 'FILE'}` }]),
  ];
}

/** lower > upper: the certificate is the evidence that something is wrong, so it is kept even where none was asked for. */
async function keepContradiction(
  error: BoundContradiction,
  file: OutputFile | undefined,
  context: Context,
): Promise<number> {
  const { digest } = error.certificate;
  const kept = file ?? openOutputFile(resolve(`dimcert-contradiction-${digest.slice(0, 12)}.json`));
  kept.write(serializeCertificate(error.certificate));
  await remark(context, `${error.message}; the certificate is kept in ${kept.path}: please report it`);
  return exitCodes.internal;
}
