import type { ParameterBlock } from '../network/index.ts';
import { relationsOf, type Moves, type SparseVector } from './fields.ts';

/**
 * What a linear vector field may do to a parameter matrix M: M += E_ij·N ('left'), M += N·E_ij ('right'), with Nᵀ in place of N if
 * transposed. E_ij has a single 1.
 */
export interface Coupling {
  readonly target: ParameterBlock;
  readonly source: ParameterBlock;
  readonly side: 'left' | 'right';
  readonly transposed: boolean;
  readonly i: number;
  readonly j: number;
}

/** Which pairs of matrices are coupled. */
export type Scope = 'all' | 'layer' | 'matrix';

/** Couplings, and the relations between them: combinations that move nothing, by index and coefficient modulo `searchPrime`. */
export interface Ansatz {
  readonly couplings: readonly Coupling[];
  readonly relations: readonly SparseVector[];
}

/**
 * All couplings of matrices with a common dimension. They are not independent: E·N and N·E meet in the multiples of N, and in more if Nᵀ
 * has the shape of N.
 */
export function ansatz(blocks: readonly ParameterBlock[], scope: Scope): Ansatz {
  const all: Coupling[] = [];
  const relations: SparseVector[] = [];
  for (const [target, source] of pairs(blocks, scope)) {
    const first = all.length;
    const found = couplingsOf(target, source);
    all.push(...found);
    if (placements(target, source).length < 2) continue;
    for (const relation of relationsOf(found.map(movesOf)))
      relations.push(relation.map(([index, coefficient]) => [first + index, coefficient]));
  }
  return { couplings: all, relations };
}

/** The number of couplings, without listing them. */
export function couplingCount(blocks: readonly ParameterBlock[], scope: Scope): number {
  return pairs(blocks, scope).reduce(
    (sum, [target, source]) =>
      sum + placements(target, source).reduce((count, { rows, cols }) => count + rows * cols, 0),
    0,
  );
}

function couplingsOf(target: ParameterBlock, source: ParameterBlock): Coupling[] {
  return placements(target, source).flatMap(({ side, transposed, rows, cols }) =>
    Array.from({ length: rows * cols }, (_, k) => ({
      target,
      source,
      side,
      transposed,
      i: Math.floor(k / cols),
      j: k % cols,
    })),
  );
}

/** The entries that a coupling moves, and those that they move by. */
export function movesOf({ target, source, side, transposed, i, j }: Coupling): Moves {
  const to = (r: number, c: number): number => target.offset + r * target.cols + c;
  const from = (r: number, c: number): number =>
    source.offset + (transposed ? c * source.cols + r : r * source.cols + c);
  return side === 'left'
    ? Array.from({ length: target.cols }, (_, c) => [to(i, c), from(j, c)])
    : Array.from({ length: target.rows }, (_, r) => [to(r, j), from(r, i)]);
}

function pairs(
  blocks: readonly ParameterBlock[],
  scope: Scope,
): (readonly [target: ParameterBlock, source: ParameterBlock])[] {
  return blocks.flatMap((target) =>
    blocks
      .filter(
        (source) =>
          source === target || scope === 'all' || (scope === 'layer' && source.path === target.path),
      )
      .map((source) => [target, source] as const),
  );
}

/** Where a factor E fits between M and N or Nᵀ, and its shape. */
function placements(
  target: ParameterBlock,
  source: ParameterBlock,
): (Pick<Coupling, 'side' | 'transposed'> & { readonly rows: number; readonly cols: number })[] {
  return [false, true].flatMap((transposed) => {
    const [rows, cols] = transposed ? [source.cols, source.rows] : [source.rows, source.cols];
    return [
      ...(cols === target.cols ? [{ side: 'left', transposed, rows: target.rows, cols: rows } as const] : []),
      ...(rows === target.rows
        ? [{ side: 'right', transposed, rows: cols, cols: target.cols } as const]
        : []),
    ];
  });
}
