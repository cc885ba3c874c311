import { families } from '../gauge/tangent.ts';
import { showFraction } from '../fraction.ts';
import { parameterName, type ParameterBlock } from '../network/index.ts';
import { describe, elementary, namesOf, showSum, type Described } from './describe.ts';
import type { RationalField } from './linear-field.ts';
import type { LinearSymmetry } from './linear-symmetries.ts';
import type { Fixed } from './sample.ts';

/** One entry of a linear field: target += coefficient·E·source, or source·E, where E has a single 1 at (row, column); all counted from 0. */
export interface FieldTerm {
  readonly target: string;
  readonly source: string;
  readonly side: 'left' | 'right';
  readonly transposed: boolean;
  readonly row: number;
  readonly column: number;
  readonly coefficient: string;
}

/** Linear symmetries that differ in their indices alone. */
export interface SymmetryGroup {
  readonly formula: string;
  /** `gl(n)`, if the indices are all pairs of n; null otherwise. */
  readonly algebra: string | null;
  /** Do the indices count heads? */
  readonly mixesHeads: boolean;
  readonly isKnown: boolean;
  /** By how much they raise the rank, at a point, of the known symmetries and the groups before. */
  readonly adds: number;
  /** What explains them, in words; several if no family explains one alone. */
  readonly explanation: string | null;
  readonly fields: readonly (readonly FieldTerm[])[];
}

/** Symmetries in groups, in their order. */
export function groupsOf(
  symmetries: readonly LinearSymmetry[],
  blocks: readonly ParameterBlock[],
): SymmetryGroup[] {
  const names = namesOf(blocks);
  const groups = new Map<string, { symmetry: LinearSymmetry; described: Described }[]>();
  for (const symmetry of symmetries) {
    const described = describe(symmetry.terms, names);
    const key = `${described.kind} ${symmetry.isKnown} ${symmetry.adds}`;
    groups.set(key, [...(groups.get(key) ?? []), { symmetry, described }]);
  }
  return [...groups.values()].map((members) => {
    const all = members.map(({ described }) => described);
    const explanations = new Set(members.map(({ symmetry }) => explanationOf(symmetry)));
    const { isKnown } = members[0]!.symmetry;
    return {
      formula: formulaOf(all),
      algebra: algebraOf(all),
      mixesHeads: all[0]!.mixesHeads,
      isKnown,
      adds: members.filter(({ symmetry }) => symmetry.adds).length,
      explanation: isKnown ? [...explanations].join('; ') : null,
      fields: members.map(({ symmetry }) => termsOf(symmetry)),
    };
  });
}

/** A field on a normal form: `2.K_1 += E_12 − E_21`. Entries that move by other entries name these. */
export function formulaOnNormalForm(field: RationalField, blocks: readonly ParameterBlock[]): string {
  const names = namesOf(blocks);
  const parts = new Map<ParameterBlock, (readonly [RationalField[number][2], string])[]>();
  for (const [to, from, coefficient] of field) {
    const { block, row, column } = placeOf(to, blocks)!;
    const source = placeOf(from, blocks);
    const factor = source
      ? ` (${names.get(source.block.offset)!})_${source.row + 1}${source.column + 1}`
      : '';
    parts.set(block, [...(parts.get(block) ?? []), [coefficient, `${elementary(row, column)}${factor}`]]);
  }
  return [...parts].map(([block, terms]) => `${names.get(block.offset)!} += ${showSum(terms)}`).join(', ');
}

/** Which matrices a normal form holds: whole ones by the shift of their identity, of others the entries. */
export function normalFormInWords(fixed: Fixed, blocks: readonly ParameterBlock[]): string {
  const names = namesOf(blocks);
  return blocks
    .flatMap((block) => {
      const { offset, rows, cols } = block;
      const held = Array.from({ length: rows * cols }, (_, k) => k).filter((k) => fixed.has(offset + k));
      if (held.length === 0) return [];
      const ones = held
        .filter((k) => fixed.get(offset + k) === 1)
        .map((k) => elementary(Math.floor(k / cols), k % cols));
      const isWhole = held.length === rows * cols;
      const value = ones.length > 0 ? ones.join(' + ') : '0';
      return [
        `${names.get(block.offset)!} = ${value}${isWhole ? '' : ` + (${rows * cols - held.length} free entries)`}`,
      ];
    })
    .join(', ');
}

/** The entry of a column; undefined for the constant 1 behind the last. */
export function placeOf(
  column: number,
  blocks: readonly ParameterBlock[],
): { readonly block: ParameterBlock; readonly row: number; readonly column: number } | undefined {
  const block = blocks.find(({ offset, rows, cols }) => column >= offset && column < offset + rows * cols);
  if (!block) return undefined;
  const index = column - block.offset;
  return { block, row: Math.floor(index / block.cols), column: index % block.cols };
}

function explanationOf({ family }: LinearSymmetry): string {
  return family === null ? 'several families together' : families[family];
}

function formulaOf(all: readonly Described[]): string {
  const [first, ...others] = all;
  if (others.length === 0) return first!.formula;
  const general = all.find(({ indices }) => indices && indices[0] !== indices[1]);
  if (general) return general.lettered;
  return first!.lettered.replace(/E_(ij|ji)/g, 'E_ii').replace(/_k\b/g, '_h');
}

function algebraOf(all: readonly Described[]): string | null {
  const pairs = new Set(all.map(({ indices }) => indices?.join(' ') ?? ''));
  const range = new Set(all.flatMap(({ indices }) => indices ?? []));
  const isFull = all.length > 1 && pairs.size === all.length && pairs.size === range.size ** 2;
  return isFull ? `gl(${range.size})` : null;
}

function termsOf({ terms }: LinearSymmetry): FieldTerm[] {
  return terms.map(({ coupling: { target, source, side, transposed, i, j }, coefficient }) => ({
    target: parameterName(target),
    source: parameterName(source),
    side,
    transposed,
    row: i,
    column: j,
    coefficient: showFraction(coefficient),
  }));
}
