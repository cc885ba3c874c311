import type { Tensor } from '../graph/tensor.ts';
import { columnBasis, identity, leftInverse, transposed } from './dense.ts';
import { columnsOf, type Incoming } from './incoming.ts';
import { rankOf, rowsOf, type Outgoing } from './outgoing.ts';
import type { Rows, Setting } from './setting.ts';

/** Coordinates of the space that the tokens of a tensor lie in. */
export interface Effective {
  /** r */
  readonly dim: number;
  /** Width × r: a basis. */
  readonly basis: Rows;
  /** r × width: its left inverse. */
  readonly coordinates: Rows;
}

/** The effective space of a tensor; all coordinates, where the rank of what comes in is not the generic one. */
export function effectiveSpace({ cols: width }: Tensor, incoming: Incoming, { field }: Setting): Effective {
  const columns = columnsOf(incoming);
  const basis = columnBasis(field, columns, columns[0]?.length ?? 0);
  const dim = basis[0]?.length ?? 0;
  if (dim < width && dim === incoming.rank)
    return { dim, basis, coordinates: leftInverse(field, basis, dim)! };
  return { dim: width, basis: identity(width), coordinates: identity(width) };
}

/** Independent functionals of a tensor through which alone the output depends on it; all coordinates, where their rank is not the generic one. */
export function effectiveReaders({ cols: width }: Tensor, outgoing: Outgoing, { field }: Setting): Rows {
  const rows = rowsOf(outgoing);
  const independent = columnBasis(field, transposed(rows, width), rows.length);
  const count = independent[0]?.length ?? 0;
  return count < width && count === rankOf(outgoing) ? transposed(independent, count) : identity(width);
}
