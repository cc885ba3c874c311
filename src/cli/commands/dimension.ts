import { describeModel } from '../../model-config/index.ts';
import { dimension } from '../../theory/index.ts';
import { colorsOf, print } from '../console.ts';
import { printJson, secondsSince, type Context } from '../context.ts';
import { inWordsOf } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { modelOf, type ModelFlags } from '../model-input.ts';
import { networkOf } from '../network-input.ts';
import { inputName } from '../read-input.ts';
import { dimensionInWords, modelRows, reportBlock } from '../report.ts';

export interface DimensionOptions extends ModelFlags {
  readonly json?: boolean;
}

/** `dimcert dimension`: what theory knows without computing. */
export async function dimensionCommand(
  source: string | undefined,
  options: DimensionOptions,
  context: Context,
): Promise<number> {
  const { stdout, env } = context.console;
  const start = performance.now();
  const model = await modelOf(source, options, context.interruptions);
  if (model) {
    const description = describeModel(model);
    // No prime: nothing was computed modulo one.
    if (options.json) await printJson(context, { ...description, prime: null, seconds: secondsSince(start) });
    else await print(stdout, reportBlock(modelRows(description), colorsOf(stdout, env), stdout.columns));
    return exitCodes.done;
  }
  const network = await networkOf(source, options, context.interruptions);
  // Nothing below awaits: Ctrl-C must end the process as the system does it.
  context.interruptions.release();
  const where = source === undefined ? 'network: ' : `${inputName(source)}: `;
  const result = await inWordsOf({ network: where, memory: `${where}memory` }, () => dimension(network));
  const seconds = secondsSince(start);
  if (options.json) {
    await printJson(context, { ...result, prime: null, seconds });
    return exitCodes.done;
  }
  const { parameters, upper, lower } = result;
  const bounds = result.dimension;
  const rows = [
    { label: 'parameters', value: String(parameters) },
    { label: 'upper bound', value: String(bounds.upper), note: upper.statement },
    {
      label: 'lower bound',
      value: lower ? String(bounds.lower) : '–',
      note: lower?.statement ?? 'no published theorem states the dimension: dimcert certify computes it',
    },
    {
      label: 'dimension',
      value: dimensionInWords(bounds),
      ...(bounds.exact && { note: 'exact' }),
    },
  ];
  await print(stdout, reportBlock(rows, colorsOf(stdout, env), stdout.columns));
  return exitCodes.done;
}
