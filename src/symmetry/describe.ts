import { fraction, one, showFraction, type Fraction } from '../fraction.ts';
import type { ParameterBlock } from '../network/index.ts';
import type { Term } from './linear-field.ts';

/** What a linear field adds to one matrix: factor·source or source·factor, with sourceᵀ if transposed; the factor is c or a matrix. */
interface Part {
  readonly target: ParameterBlock;
  readonly source: ParameterBlock;
  readonly transposed: boolean;
  /** `scalar`: the factor is c, and the only entry is (0, 0, c). */
  readonly side: 'left' | 'right' | 'scalar';
  readonly entries: readonly (readonly [i: number, j: number, c: Fraction])[];
}

/** A linear field in formulas. */
export interface Described {
  /** The same for fields that differ in their indices alone. */
  readonly kind: string;
  /** The indices that letters may stand for. */
  readonly indices?: readonly [number, number];
  /** With letters for the indices, `Q_1 += E_ij Q_1, K_1 −= E_ji K_1`, and with the indices themselves. */
  readonly lettered: string;
  readonly formula: string;
  /** Do the letters count heads? */
  readonly mixesHeads: boolean;
}

/** Names of the matrices, by their offsets. */
export type Names = ReadonlyMap<number, string>;

/** The formulas of a linear field, scaled so that its first coefficient is 1. Layers, heads and entries are counted from 1. */
export function describe(terms: readonly Term[], names: Names): Described {
  const parts = partsOf(terms).sort(byTarget);
  const { n, d } = parts[0]!.entries[0]![2];
  const scaled = parts.map((part) => ({
    ...part,
    entries: part.entries.map(([i, j, c]) => [i, j, fraction(c.n * d, c.d * n)] as const),
  }));
  return asMixing(scaled, names) ?? asElementary(scaled, names) ?? asAnything(scaled, names);
}

/** The name of each matrix: `Q_1`, with the number of its layer (`2.Q_1`) if there are several, without that of the head if it is the only one. */
export function namesOf(blocks: readonly ParameterBlock[]): Names {
  const isAlone = new Set(blocks.map(({ path }) => path)).size === 1;
  return new Map(
    blocks.map((block) => {
      const head = isOnlyHead(block, blocks) ? '' : `_${block.head! + 1}`;
      return [block.offset, `${isAlone ? '' : `${layerNumber(block)}.`}${block.name}${head}`];
    }),
  );
}

function isOnlyHead({ path, name, head }: ParameterBlock, blocks: readonly ParameterBlock[]): boolean {
  return (
    head === undefined ||
    !blocks.some((other) => other.path === path && other.name === name && other.head !== head)
  );
}

/** `layers[1].layers[0]` is 2.1 */
function layerNumber({ path }: ParameterBlock): string {
  return [...path.matchAll(/\[(\d+)\]/g)].map(([, index]) => Number(index) + 1).join('.');
}

function partsOf(terms: readonly Term[]): Part[] {
  const groups = new Map<string, Term[]>();
  for (const term of terms) {
    const { target, source, transposed } = term.coupling;
    const key = `${target.offset} ${source.offset} ${transposed}`;
    groups.set(key, [...(groups.get(key) ?? []), term]);
  }
  return [...groups.values()].flatMap((group) => {
    const { target, source, transposed } = group[0]!.coupling;
    const multiple = scalarOf(group);
    if (multiple) return [{ target, source, transposed, side: 'scalar', entries: [[0, 0, multiple]] }];
    return (['left', 'right'] as const).flatMap((side): Part[] => {
      const entries = group
        .filter(({ coupling }) => coupling.side === side)
        .map(({ coupling: { i, j }, coefficient }) => [i, j, coefficient] as const);
      return entries.length > 0 ? [{ target, source, transposed, side, entries }] : [];
    });
  });
}

/** c, if the terms add c times the source. */
function scalarOf(group: readonly Term[]): Fraction | null {
  const { coupling, coefficient } = group[0]!;
  const { target, side } = coupling;
  const size = side === 'left' ? target.rows : target.cols;
  const isScalar =
    group.length === size &&
    group.every(
      (term) =>
        term.coupling.side === side &&
        term.coupling.i === term.coupling.j &&
        showFraction(term.coefficient) === showFraction(coefficient),
    );
  return isScalar ? coefficient : null;
}

const order = ['Q', 'bQ', 'K', 'bK', 'V', 'bV', 'O', 'bO'];

function byTarget(a: Part, b: Part): number {
  const rank = ({ target }: Part): number => order.indexOf(target.name);
  return a.target.layer - b.target.layer || rank(a) - rank(b) || a.target.offset - b.target.offset;
}

/** Multiples of the matrices of two heads, the same two in every part, in either order. */
function asMixing(parts: readonly Part[], names: Names): Described | null {
  const { target, source } = parts[0]!;
  const [h, k] = [target.head, source.head];
  if (h === undefined || k === undefined) return null;
  const isMixing = parts.every(
    ({ target: to, source: from, side }) =>
      side === 'scalar' &&
      to.path === target.path &&
      from.path === target.path &&
      to.name === from.name &&
      names.get(to.offset)!.includes('_') &&
      isSamePair([h, k], [to.head, from.head]),
  );
  if (!isMixing) return null;
  const letter = (name: string): string => name.replace(/_.*/, '');
  const lettered = parts.map(({ target: to, source: from, entries }) => {
    const [first, second] = to.head === h ? ['h', 'k'] : ['k', 'h'];
    return `${letter(names.get(to.offset)!)}_${first} ${plus(entries[0]![2])}${letter(names.get(from.offset)!)}_${second}`;
  });
  const kind = parts.map(
    (part) => `${letter(names.get(part.target.offset)!)} ${showFraction(part.entries[0]![2])}`,
  );
  return {
    kind: `heads: ${kind.join(', ')}`,
    indices: [h, k],
    lettered: lettered.join(', '),
    formula: parts.map((part) => show(part, names, '')).join(', '),
    mixesHeads: true,
  };
}

/** Factors c·E_ij and c·E_ji. */
function asElementary(parts: readonly Part[], names: Names): Described | null {
  const [i, j] = parts[0]!.entries[0]!;
  const isElementary = parts.every(
    ({ side, entries: [first, ...others] }) =>
      side !== 'scalar' && others.length === 0 && isSamePair([i, j], [first![0], first![1]]),
  );
  if (!isElementary) return null;
  const withFactors = (factor: (k: number, l: number) => string): string =>
    parts.map((part) => show(part, names, factor(part.entries[0]![0], part.entries[0]![1]))).join(', ');
  return {
    kind: parts.map((part) => `${show(part, names, '')} ${part.side}`).join(', '),
    indices: [i, j],
    lettered: withFactors((k) => (k === i ? 'E_ij' : 'E_ji')),
    formula: withFactors(elementary),
    mixesHeads: false,
  };
}

function asAnything(parts: readonly Part[], names: Names): Described {
  const formula = parts.map((part) => show(part, names, sumOfEntries(part.entries))).join(', ');
  return { kind: formula, lettered: formula, formula, mixesHeads: false };
}

function isSamePair([a, b]: readonly [number, number], [c, d]: readonly (number | undefined)[]): boolean {
  return (a === c && b === d) || (a === d && b === c);
}

function show({ target, source, transposed, side, entries }: Part, names: Names, factor: string): string {
  const from = `${names.get(source.offset)!}${transposed ? 'ᵀ' : ''}`;
  const c = entries.length === 1 ? entries[0]![2] : one;
  const added = side === 'scalar' ? from : side === 'left' ? `${factor} ${from}` : `${from} ${factor}`;
  return `${names.get(target.offset)!} ${plus(c)}${added}`;
}

/** Σ c·E_ij, in brackets; a single c is left out. */
function sumOfEntries(entries: Part['entries']): string {
  if (entries.length === 1) return elementary(entries[0]![0], entries[0]![1]);
  return `(${showSum(entries.map(([i, j, c]) => [c, elementary(i, j)]))})`;
}

/** `E_12 − 2 E_21` */
export function showSum(terms: readonly (readonly [coefficient: Fraction, symbol: string])[]): string {
  return terms
    .map(([c, symbol], index) => {
      const sign = c.n < 0n ? (index === 0 ? '−' : ' − ') : index === 0 ? '' : ' + ';
      return `${sign}${magnitude(c)}${symbol}`;
    })
    .join('');
}

/** E with a single 1; indices above 9 are separated. */
export function elementary(i: number, j: number): string {
  return i < 9 && j < 9 ? `E_${i + 1}${j + 1}` : `E_${i + 1},${j + 1}`;
}

function plus(c: Fraction): string {
  return `${c.n < 0n ? '−=' : '+='} ${magnitude(c)}`;
}

function magnitude({ n, d }: Fraction): string {
  const absolute = showFraction({ n: n < 0n ? -n : n, d });
  return absolute === '1' ? '' : `${absolute} `;
}
