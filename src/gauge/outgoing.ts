import type { Tensor } from '../graph/tensor.ts';
import { identity, product, transposed } from './dense.ts';
import { columnsOf, type Incoming } from './incoming.ts';
import type { Rows, Setting, Spaces } from './setting.ts';

/** Linear functionals of the tokens of a tensor such that the output depends on the tensor through them only. */
export interface Outgoing {
  readonly width: number;
  /** By the operations on the way: readers on equal ways read the same. */
  readonly by: ReadonlyMap<string, Functionals>;
}

interface Functionals {
  readonly rows: Rows;
  /** Their rank is at most this at any parameters. */
  readonly rank: number;
}

/** All functionals. */
export function rowsOf({ by }: Outgoing): Rows {
  return [...by.values()].flatMap(({ rows }) => rows);
}

/** A bound of their rank at any parameters. */
export function rankOf({ by, width }: Outgoing): number {
  return Math.min(
    width,
    [...by.values()].reduce((total, { rank }) => total + rank, 0),
  );
}

/** What is read of every tensor, from the last to the first: docs/gauge.md, "What is read". */
export function outgoingSpaces(setting: Setting, incoming: Spaces<Incoming>): Spaces<Outgoing> {
  const spaces = new Map<Tensor, Outgoing>();
  for (const tensor of [...setting.tensors].reverse()) {
    const by = new Map<string, Functionals>();
    const add = (path: string, functionals: Functionals): void => void by.set(path, functionals);
    if (tensor === setting.graph.output) add('all', everything(tensor.cols));
    for (const reader of setting.consumersOf(tensor))
      for (const [path, functionals] of readBy(reader, tensor, setting, spaces.get(reader)!, incoming))
        add(path, functionals);
    // Everything is read: by which ways, of which there are more with every residual, is forgotten.
    const outgoing = { width: tensor.cols, by };
    const all = { width: tensor.cols, by: new Map([['all', everything(tensor.cols)]]) };
    spaces.set(tensor, rankOf(outgoing) === tensor.cols ? all : outgoing);
  }
  return spaces;
}

/** What a reader takes of a tensor, if only what is read of the reader matters. */
function* readBy(
  reader: Tensor,
  tensor: Tensor,
  setting: Setting,
  { by }: Outgoing,
  incoming: Spaces<Incoming>,
): Generator<[path: string, functionals: Functionals], void, undefined> {
  const { field } = setting;
  const { operation: op } = reader;
  const { cols } = tensor;
  function* through(
    step: string,
    map: Rows,
    bound: number,
  ): Generator<[string, Functionals], void, undefined> {
    for (const [path, { rows, rank }] of by)
      yield [`${step} ${path}`, { rows: product(field, rows, map, cols), rank: Math.min(rank, bound) }];
  }
  switch (op.kind) {
    case 'combination': // The factor of a term changes functionals by multiples only.
    case 'bias':
    case 'positions':
      return yield* by;
    case 'linear': {
      const weight = setting.rows(op.weight);
      const map = op.transposed ? transposed(weight, op.weight.cols) : weight;
      return yield* through(`${op.transposed ? 'transposed ' : ''}${op.weight.offset}`, map, cols);
    }
    case 'mix':
      if (tensor === op.v) yield* by;
      return;
    case 'gain': {
      const gains = setting.gains(reader);
      const map = gains.map((gain, i) => gains.map((_, j) => (i === j ? gain : 0)));
      return yield* through(`gain ${op.vector.offset} ${op.unitOffset}`, map, cols);
    }
    case 'center':
      return yield* through('center', setting.centering(cols), cols - 1);
    case 'scores': {
      // A key that all keys share shifts all scores of a query alike.
      if (tensor === op.q) yield tokensRead(op.k, incoming, !setting.isSoftmaxOnly(reader));
      if (tensor === op.k) yield tokensRead(op.q, incoming, true);
      return;
    }
    case 'mask':
    case 'softmax':
    case 'input':
      return;
    default:
      yield ['all', everything(cols)];
  }
}

function everything(width: number): Functionals {
  return { rows: identity(width), rank: width };
}

/** Products with tokens of a space. */
function tokensRead(
  tokens: Tensor,
  incoming: Spaces<Incoming>,
  withConstant: boolean,
): [string, Functionals] {
  const space = incoming.get(tokens)!;
  const columns = columnsOf(space, withConstant);
  return [
    `scores ${tokens.id} ${withConstant}`,
    {
      rows: transposed(columns, columns[0]?.length ?? 0),
      rank: withConstant ? space.rank : space.varying,
    },
  ];
}
