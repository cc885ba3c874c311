import { residueOfFraction } from '../field/fraction.ts';
import type { Tensor } from '../graph/tensor.ts';
import { besides, identity, product, transposed } from './dense.ts';
import { scoresOf, showMask } from './heads.ts';
import type { Rows, Setting, Spaces } from './setting.ts';

/** A space that the tokens of a tensor lie in, whatever the input: spanned by columns that depend on the parameters. */
export interface Incoming {
  readonly width: number;
  /** Of each source the matrix that takes it to the tokens, width × its dimension. */
  readonly from: ReadonlyMap<string, Source>;
  /** The rank of these columns is at most this at any parameters: the narrowest cut in front of the tensor. */
  readonly rank: number;
  /** The same without the columns of the source 1. */
  readonly varying: number;
}

interface Source {
  readonly dim: number;
  readonly matrix: Rows;
}

/** The source 1: of what all tokens have in common. */
export const constant = 'constant';

/** All columns, without those of the source 1 if `withConstant` is false. */
export function columnsOf({ from, width }: Incoming, withConstant = true): Rows {
  const sources = [...from].filter(([key]) => withConstant || key !== constant);
  return besides(
    sources.map(([, { matrix }]) => matrix),
    width,
  );
}

/** The incoming space of every tensor, in the order of computation: docs/gauge.md, "What comes in". */
export function incomingSpaces(setting: Setting): Spaces<Incoming> {
  const spaces = new Map<Tensor, Incoming>();
  for (const tensor of setting.tensors) {
    const incoming = incomingOf(tensor, setting, (x) => spaces.get(x)!);
    // More columns than the width, and nothing narrows them: the sources, which double with every residual, are forgotten.
    const columns = [...incoming.from.values()].reduce((sum, { dim }) => sum + dim, 0);
    const isFull = incoming.varying === tensor.cols && columns > tensor.cols;
    spaces.set(tensor, isFull ? everything(tensor) : incoming);
  }
  return spaces;
}

function everything({ cols, id }: Tensor): Incoming {
  const source = { dim: cols, matrix: identity(cols) };
  return { width: cols, from: new Map([[`tensor ${id}`, source]]), rank: cols, varying: cols };
}

function incomingOf(tensor: Tensor, setting: Setting, of: (x: Tensor) => Incoming): Incoming {
  const { operation: op, cols, id } = tensor;
  const { field } = setting;
  switch (op.kind) {
    case 'linear': {
      const weight = setting.rows(op.weight);
      const map = op.transposed ? transposed(weight, op.weight.cols) : weight;
      return through(of(op.x), cols, (m, dim) => product(field, map, m, dim));
    }
    case 'bias': {
      const vector = { dim: 1, matrix: setting.rows(op.vector) };
      return sum(
        [of(op.x), { width: cols, from: new Map([[constant, vector]]), rank: 1, varying: 0 }],
        setting,
      );
    }
    case 'positions': {
      const { rows: dim, offset } = op.matrix;
      const source = { dim, matrix: transposed(setting.rows(op.matrix), cols) };
      const from = new Map([[`positions ${offset}`, source]]);
      const rank = Math.min(dim, cols);
      return sum([of(op.x), { width: cols, from, rank, varying: rank }], setting);
    }
    case 'combination':
      if (op.terms.length === 0) return { width: cols, from: new Map(), rank: 0, varying: 0 };
      return sum(
        op.terms.map(({ factor, tensor: x }) => scaled(of(x), residueOfFraction(field, factor), setting)),
        setting,
      );
    case 'mix': {
      // Σ_j w_ij·1 = 1 for a softmax: a constant stays one.
      if (op.w.operation.kind === 'softmax') return renamed(of(op.v), `mix ${op.w.id}`, true);
      const common = commonWeights(op.w, field, of);
      if (!common) return renamed(of(op.v), `mix ${op.w.id}`, false);
      return scaled(renamed(of(op.v), `mix ${common.key}`, false), common.factor, setting);
    }
    case 'normalize':
      return renamed(of(op.x), `normalize ${id}`, false);
    case 'center': {
      const centering = setting.centering(cols);
      const centered = through(of(op.x), cols, (m, dim) => product(field, centering, m, dim));
      return narrowed(centered, cols - 1);
    }
    case 'gain': {
      const gains = setting.gains(tensor);
      return through(of(op.x), cols, (m) =>
        m.map((row, i) => row.map((entry) => field.multiply(gains[i]!, entry))),
      );
    }
    default:
      return everything(tensor);
  }
}

function through(incoming: Incoming, width: number, map: (matrix: Rows, dim: number) => Rows): Incoming {
  const from = new Map(
    [...incoming.from].map(([key, { dim, matrix }]) => [key, { dim, matrix: map(matrix, dim) }]),
  );
  return { ...narrowed(incoming, width), width, from };
}

function narrowed(incoming: Incoming, bound: number): Incoming {
  return { ...incoming, rank: Math.min(incoming.rank, bound), varying: Math.min(incoming.varying, bound) };
}

function scaled(incoming: Incoming, factor: number, { field }: Setting): Incoming {
  return through(incoming, incoming.width, (matrix) =>
    matrix.map((row) => row.map((entry) => field.multiply(factor, entry))),
  );
}

/** What each source gives is multiplied by numbers that differ from token to token: other sources. */
function renamed(incoming: Incoming, prefix: string, keepsConstant: boolean): Incoming {
  return {
    ...incoming,
    from: new Map(
      [...incoming.from].map(([key, source]) => [
        keepsConstant && key === constant ? key : `${prefix} ${key}`,
        source,
      ]),
    ),
    varying: keepsConstant ? incoming.varying : incoming.rank,
  };
}

function sum(terms: readonly Incoming[], { field }: Setting): Incoming {
  const { width } = terms[0]!;
  const from = new Map<string, Source>();
  for (const term of terms)
    for (const [key, { dim, matrix }] of term.from) {
      const before = from.get(key);
      from.set(key, before ? { dim, matrix: plus(field, before.matrix, matrix) } : { dim, matrix });
    }
  const dims = [...from].reduce((total, [key, { dim }]) => total + (key === constant ? 0 : dim), 0);
  const ranks = terms.reduce((total, { rank }) => total + rank, 0);
  const varying = Math.min(
    width,
    dims,
    terms.reduce((total, term) => total + term.varying, 0),
  );
  return { width, from, rank: Math.min(width, ranks, varying + Number(from.has(constant))), varying };
}

function plus(field: Setting['field'], a: Rows, b: Rows): Rows {
  return a.map((row, i) => row.map((entry, j) => field.add(entry, b[i]![j]!)));
}

/** Lightning weights of queries and keys that are multiples of one number each: a factor times weights that all such heads share. */
function commonWeights(
  weights: Tensor,
  field: Setting['field'],
  of: (x: Tensor) => Incoming,
): { key: string; factor: number } | null {
  const scored = scoresOf(weights);
  if (!scored) return null;
  const [q, ...otherQ] = of(scored.q).from;
  const [k, ...otherK] = of(scored.k).from;
  if (!q || !k || otherQ.length > 0 || otherK.length > 0 || q[1].dim !== 1 || k[1].dim !== 1) return null;
  const factor = q[1].matrix.reduce(
    (sum, row, i) => field.add(sum, field.multiply(row[0]!, k[1].matrix[i]![0]!)),
    0,
  );
  return { key: `${q[0]}, ${k[0]}, ${showMask(scored.mask)}`, factor };
}
