import { families, type Family } from '../../gauge/tangent.ts';
import { symmetries, type Symmetries, type SymmetryGroup } from '../../symmetry/index.ts';
import { colorsOf, print, type Colors } from '../console.ts';
import { printJson, type Context } from '../context.ts';
import { InputError, inWordsOf } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { modelOf, type ModelFlags } from '../model-input.ts';
import { networkOf } from '../network-input.ts';
import { ProgressLine } from '../progress.ts';
import { inputName } from '../read-input.ts';
import { dimensionInWords, duration, reportBlock, wrap, type ReportRow } from '../report.ts';

export interface SymmetriesCommandOptions extends ModelFlags {
  readonly seed?: string;
  readonly json?: boolean;
}

/** Lines of a section, at most: what is degenerate has hundreds. */
const mostGroups = 16;
const noBreak = '\u00a0';

/** `dimcert symmetries`: the vector fields on the parameters that change no value. `find` stands in for the library's in tests. */
export async function symmetriesCommand(
  source: string | undefined,
  options: SymmetriesCommandOptions,
  context: Context,
  find: typeof symmetries = symmetries,
): Promise<number> {
  const seed = options.seed === undefined ? undefined : naturalNumber('--seed', options.seed);
  const model = await modelOf(source, options, context.interruptions);
  const network = model?.scaledDown.network ?? (await networkOf(source, options, context.interruptions));
  const { stdout, stderr, env } = context.console;
  const signal = context.interruptions.listen();
  const progress = new ProgressLine(stderr);
  const input = options.config ?? source;
  const where = input === undefined ? 'network: ' : `${inputName(input)}: `;
  let found: Symmetries;
  try {
    found = await inWordsOf({ network: where, memory: `${where}memory` }, () =>
      find(network, { signal, seed, onProgress: (report) => progress.report(report) }),
    );
  } finally {
    progress.clear();
  }
  signal.throwIfAborted();
  if (options.json) await printJson(context, found);
  else await print(stdout, symmetriesText(found, colorsOf(stdout, env), stdout.columns || 80));
  return exitCodes.done;
}

/** The report, in lines of at most `columns` characters where words allow it. */
export function symmetriesText(found: Symmetries, colors: Colors, columns: number): string {
  const sections = [reportBlock(reportRows(found), colors, columns)];
  const { linear, normalForm } = found;
  const { groups } = linear;
  const known = groups.filter(({ isKnown }) => isKnown);
  const adding = groups.filter(({ adds }) => adds > 0);
  const rest = linear.dimension - linear.known - adding.reduce((sum, { fields }) => sum + fields.length, 0);
  const section = (title: string, entries: readonly string[]): void => {
    if (entries.length > 0) sections.push(`${colors.bold(title)}\n${entries.join('')}`);
  };
  section('Linear symmetries that no known family explains', [
    ...shortened(adding, columns),
    ...(rest > 0
      ? [paragraph(`${rest} more that add nothing to the rank: --json lists them`, columns, 2)]
      : []),
  ]);
  section('Linear symmetries of known families', shortened(known, columns));
  if (normalForm)
    section('Symmetries on a normal form', [
      paragraph(unbroken(normalForm.description), columns, 2),
      ...normalForm.fields.map(({ formula }) => paragraph(unbroken(formula), columns, 4)),
      ...(normalForm.fields.length === 0 ? [paragraph('none', columns, 4)] : []),
    ]);
  sections.push(paragraph('Layers, heads, rows and columns count from 1; E_ij has a single 1.', columns, 0));
  return sections.join('\n');
}

function reportRows(found: Symmetries): ReportRow[] {
  const { parameters, dimension, known, linear, normalForm, seconds, discarded } = found;
  const { lower, upper, errorProbability } = dimension;
  const scopes = {
    all: 'that couple matrices of all layers',
    layer: 'that couple matrices of one layer (of all layers there would be too many)',
    matrix: 'of single matrices (more would be too many)',
  };
  const trust =
    errorProbability === 0
      ? 'proved'
      : errorProbability === null
        ? 'tested at a random point; no error probability is known for such layers'
        : `with an error probability of at most ${errorProbability.toExponential(1)}`;
  return [
    { label: 'parameters', value: String(parameters) },
    {
      label: 'known symmetries',
      value: String(known.rank),
      note: (Object.entries(known.families) as [Family, number][])
        .map(([family, count]) => `${count}: ${families[family]}`)
        .join('; '),
    },
    {
      label: 'linear symmetries',
      value: String(linear.dimension),
      note: `among the ${linear.unknowns} linear fields ${scopes[linear.scope]}; ${linear.known} of them known`,
    },
    { label: 'what these add', value: String(linear.adds), note: 'to the rank of the known ones' },
    ...(normalForm
      ? [
          {
            label: 'on a normal form',
            value: String(normalForm.fields.length),
            note: `more, ${normalForm.ansatz} fields`,
          },
        ]
      : []),
    ...(discarded > 0
      ? [
          {
            label: 'left out',
            value: String(discarded),
            note: 'refuted, or without small rational coefficients',
          },
        ]
      : []),
    { label: 'lower bound', value: String(lower), note: 'the rank of the Jacobian at a random point' },
    { label: 'upper bound', value: String(upper), note: trust },
    {
      label: 'dimension',
      value: dimensionInWords(dimension),
      note: lower === upper ? 'every symmetry is found' : `${upper - lower} directions are unexplained`,
    },
    { label: 'time', value: duration(seconds) },
  ];
}

/** The first groups, whole algebras before others. */
function shortened(groups: readonly SymmetryGroup[], columns: number): string[] {
  const rank = ({ algebra }: SymmetryGroup): number => Number(algebra === null);
  const ordered = [...groups].sort((a, b) => rank(a) - rank(b));
  const left = ordered.slice(mostGroups).reduce((sum, { fields }) => sum + fields.length, 0);
  return [
    ...ordered.slice(0, mostGroups).map((group) => groupText(group, columns)),
    ...(left > 0 ? [paragraph(`${left} more: --json lists them`, columns, 2)] : []),
  ];
}

function groupText(
  { formula, algebra, mixesHeads, explanation, fields }: SymmetryGroup,
  columns: number,
): string {
  const count = `${fields.length} ${fields.length === 1 ? 'field' : 'fields'}`;
  const what = [algebra?.toUpperCase(), count, mixesHeads && 'mixes the heads'].filter(Boolean).join(', ');
  const note = explanation === null ? what : `${what}; known: ${explanation}`;
  return paragraph(unbroken(formula), columns, 2) + paragraph(note, columns, 6);
}

/** A formula that breaks only behind commas. */
function unbroken(formula: string): string {
  return formula.replace(/(?<!,) /g, noBreak);
}

function paragraph(text: string, columns: number, indent: number): string {
  const space = ' '.repeat(indent);
  return wrap(text, Math.max(30, columns - indent - 1))
    .map((line) => `${space}${line.replaceAll(noBreak, ' ')}\n`)
    .join('');
}

function naturalNumber(flag: string, text: string): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(value))
    throw new InputError(`${flag}: expected a natural number up to 2^53 - 1, got ${JSON.stringify(text)}`);
  return value;
}
