import { parseJson } from '../../network/json.ts';
import { colorsOf, print, type Colors } from '../console.ts';
import { printJson, type Context } from '../context.ts';
import { inWordsOf } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { explanationOf, type Explanation, type TriedPoint } from '../explanation.ts';
import { inputName, readInput } from '../read-input.ts';
import { dimensionInWords, reportBlock, wrap } from '../report.ts';

export interface ExplainCommandOptions {
  readonly json?: boolean;
}

/** `dimcert explain`: why the result of a certificate is exact or an interval, and what would close it. */
export async function explainCommand(
  source: string,
  options: ExplainCommandOptions,
  context: Context,
): Promise<number> {
  const name = inputName(source);
  const text = await readInput(source, context.interruptions);
  // Nothing below awaits: Ctrl-C must end the process as the system does it.
  context.interruptions.release();
  const names = { certificate: `${name}: `, network: `${name}: network`, memory: `${name}: memory` };
  const explanation = await inWordsOf(names, () => explanationOf(parseJson(text, 'certificate')));
  const next = nextSteps(explanation, source);
  if (options.json) await printJson(context, { ...explanation, next });
  else {
    const { stdout, env } = context.console;
    const colors = colorsOf(stdout, env);
    await print(stdout, explanationText(explanation, next, colors, stdout.columns || 80));
  }
  return exitCodes.done;
}

function explanationText(
  explanation: Explanation,
  next: readonly string[],
  colors: Colors,
  columns: number,
): string {
  const { parameters, dimension, gap, lower, upper, probable } = explanation;
  const known = gap === 0 ? 'exact' : gap > 0 ? 'an interval' : 'the bounds contradict each other';
  const rows = [
    { label: 'parameters', value: String(parameters) },
    { label: 'lower bound', value: String(dimension.lower), note: pointInWords(lower.best) },
    { label: 'upper bound', value: String(dimension.upper), note: methodInWords[upper.method] },
    ...(probable
      ? [
          {
            label: 'probable bound',
            value: String(probable.upper),
            note: `Monte Carlo, error probability at most ${probable.errorProbability}`,
          },
        ]
      : []),
    ...(gap === 0 ? [] : [{ label: 'gap', value: String(gap) }]),
    {
      label: 'dimension',
      value: gap < 0 ? 'none' : dimensionInWords(dimension),
      note: statesLess(explanation)
        ? `${known}; the certificate states ${dimensionInWords(explanation.claim)}`
        : known,
    },
  ];
  const section = (title: string, paragraphs: readonly string[], bullet = ''): string =>
    `\n${colors.bold(title)}\n${paragraphs.map((text) => paragraph(text, columns, bullet)).join('')}`;
  return [
    reportBlock(rows, colors, columns),
    section('Lower bound', lowerInWords(explanation)),
    section('Upper bound', upperInWords(explanation)),
    section(gap === 0 ? 'Why it is exact' : 'Why it is not exact', [verdict(explanation)]),
    section('What next', next, '- '),
  ].join('');
}

function paragraph(text: string, columns: number, bullet: string): string {
  const indent = ' '.repeat(2 + bullet.length);
  const lines = wrap(text, Math.max(30, columns - indent.length - 1));
  return `  ${bullet}${lines.join(`\n${indent}`)}\n`;
}

const methodInWords = {
  'closed-form': 'the closed form for stacks of single-head attention layers',
  gauge: 'the number of parameters less the rank of the known symmetries',
  ambient: 'the dimension of a space that holds all functions of this shape',
} as const;

function pointInWords({ prime, seed }: TriedPoint): string {
  return `a minor of the Jacobian, modulo ${prime} at the point of seed ${seed}`;
}

function lowerInWords({ lower: { best, others } }: Explanation): string[] {
  return [
    `${best.rank} rows and columns of the Jacobian have a determinant that is not 0 modulo ${best.prime}. So the dimension is at least ${best.rank}, whatever the prime and the point are: a bad one can only make the bound smaller.`,
    others.length === 0
      ? 'No other point was tried.'
      : `Other points gave ${others.map(({ rank, prime, seed }) => `${rank} (prime ${prime}, seed ${seed})`).join(', ')}.`,
  ];
}

/** Is a better upper bound known than the one of the certificate? */
function statesLess({ claim, dimension }: Explanation): boolean {
  return dimension.upper < claim.upper;
}

function upperInWords({ parameters, dimension: { upper }, gap, upper: bound }: Explanation): string[] {
  const { method, statement, families } = bound;
  if (method === 'closed-form')
    return [
      'A formula in the widths, proved for every stack of attention layers with one head each: docs/closed-form.md.',
    ];
  const known = families ?? [];
  const rank = known.reduce((sum, family) => sum + family.rank, 0);
  if (method === 'ambient' && upper === parameters)
    return [
      'No dimension is above the number of parameters.',
      ...(gap > 0 ? ['The symmetries of so large a network are not counted.'] : []),
    ];
  if (method === 'ambient')
    return [
      `Every function of this network is in a space of dimension ${upper}: ${statement}.`,
      ...(families === null
        ? []
        : [`The known symmetries leave more: ${parameters} − ${rank} = ${parameters - rank}.`]),
    ];
  return [
    `Along a symmetry the parameters move and no value of the network changes. Of ${parameters} directions, ${rank} are known symmetries${rank > 0 ? ':' : '.'}`,
    ...known.map((family) => `  ${family.rank}: ${family.meaning}`),
    `${parameters} − ${rank} = ${parameters - rank}. A symmetry that is not known makes this bound too large, never too small.`,
  ];
}

/** Which evidence meets which, or which of the bounds is to be suspected. */
function verdict({
  dimension: { lower, upper },
  gap,
  lower: points,
  upper: { method },
  probable,
}: Explanation): string {
  const between = `The minor and ${methodInWords[method]}`;
  if (gap === 0) return `${between} meet: no dimension but ${upper} is possible. Neither rests on chance.`;
  if (gap < 0)
    return `${between} contradict each other: ${lower} is above ${upper}. The certificate is false, or the program or a theorem is wrong.`;
  if (method === 'closed-form')
    return 'No such network is known that misses the closed form. So the points are probably bad ones, of which small primes have many.';
  const missing = (count: number): string =>
    `${count} independent ${count === 1 ? 'symmetry is' : 'symmetries are'} missing among the known ones`;
  if (probable && probable.upper < upper) {
    const run = `A Monte Carlo run found at most ${probable.upper}, which is wrong with a probability of at most ${probable.errorProbability}`;
    return probable.upper === lower
      ? `${run}. Otherwise ${lower} is the dimension, and ${missing(gap)}.`
      : `${run}. The points of the lower bound gave less: they are probably bad ones.`;
  }
  const count = 1 + points.others.length;
  if (count === 1) return `One point gave ${lower}. It may be a bad one, or symmetries are unknown.`;
  return pointsAgree(points)
    ? `All ${count} points gave ${lower}. So ${lower} is probably the dimension, and ${missing(gap)}.`
    : `The points do not agree, so some are bad ones, and ${lower} may be too small; or symmetries are unknown.`;
}

function pointsAgree({ best, others }: Explanation['lower']): boolean {
  return others.length > 0 && others.every(({ rank }) => rank === best.rank);
}

function nextSteps(explanation: Explanation, source: string): string[] {
  const { gap, untried, lower, upper, probable } = explanation;
  const check = `dimcert verify ${source} checks the certificate; here its minor was believed`;
  const certificate = source === '-' ? 'the certificate' : source;
  if (gap < 0) return [check, `if it is accepted, please report it with ${certificate}`];
  const network = `NETWORK is the file that was certified, or the field "network" of ${certificate}`;
  if (gap === 0)
    return statesLess(explanation)
      ? ['dimcert certify NETWORK writes a certificate of the exact result', network, check]
      : [check];
  const point = `dimcert certify NETWORK --seed ${untried.seed} --prime ${untried.prime} tries other points, of which few are bad: the lower bound may rise`;
  const search =
    'dimcert symmetries NETWORK looks for symmetries that are not known: the upper bound may fall';
  const isReached = probable ? probable.upper === lower.best.rank : pointsAgree(lower);
  const steps = upper.method === 'closed-form' ? [point] : isReached ? [search, point] : [point, search];
  return [...steps, network, check];
}
