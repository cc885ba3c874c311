import { dimension } from '../../theory/index.ts';
import { colorsOf, print } from '../console.ts';
import { printJson, secondsSince, type Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { networkOf, type StackFlags } from '../network-input.ts';
import { dimensionInWords, reportBlock } from '../report.ts';

export interface DimensionOptions extends StackFlags {
  readonly json?: boolean;
}

/** `dimcert dimension`: what theory knows without computing. */
export async function dimensionCommand(
  source: string | undefined,
  options: DimensionOptions,
  context: Context,
): Promise<number> {
  const network = await networkOf(source, options, context.interruptions);
  const start = performance.now();
  const result = dimension(network);
  const seconds = secondsSince(start);
  if (options.json) {
    // No prime: nothing was computed modulo one.
    await printJson(context, { ...result, prime: null, seconds });
    return exitCodes.done;
  }
  const { parameters, upper, lower } = result;
  const bounds = result.dimension;
  const { stdout, env } = context.console;
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
