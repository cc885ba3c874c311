import type { Family, GaugeField } from './tangent.ts';

/** A vector field at a point: residues of the columns, ascending, that are not 0. */
export interface SparseField {
  readonly family: Family;
  readonly columns: Uint32Array;
  readonly values: Uint32Array;
}

export function sparse({ family, tangent }: GaugeField): SparseField {
  const columns = Uint32Array.from(tangent.keys()).sort();
  return { family, columns, values: columns.map((column) => tangent.get(column)!) };
}

/** Fields that share columns, with those of other sets they share none. */
export interface Component {
  /** In their order. */
  readonly fields: readonly SparseField[];
  /** What they move, ascending. */
  readonly columns: Uint32Array;
}

/**
 * The fields in sets that move disjoint sets of parameters: their rank is the sum of the ranks of these (the heads of a layer, the layers between which no basis is shared).
 *
 * Of `parameters` columns. Nearly linear in the entries.
 */
export function components(fields: readonly SparseField[], parameters: number): Component[] {
  const parent = Int32Array.from({ length: parameters }, (_, column) => column);
  const root = (column: number): number => {
    while (parent[column] !== column) column = parent[column] = parent[parent[column]!]!;
    return column;
  };
  for (const { columns } of fields) for (const column of columns) parent[root(column)] = root(columns[0]!);
  const byRoot = new Map<number, { fields: SparseField[]; columns: number[] }>();
  for (const field of fields) {
    const key = root(field.columns[0]!);
    const found = byRoot.get(key);
    if (found) found.fields.push(field);
    else byRoot.set(key, { fields: [field], columns: [] });
  }
  for (let column = 0; column < parameters; column++) byRoot.get(root(column))?.columns.push(column);
  return [...byRoot.values()].map(({ fields, columns }) => ({
    fields,
    columns: Uint32Array.from(columns),
  }));
}
