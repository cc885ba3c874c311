import { rangeFault, typeFault } from '../../assert.ts';
import type { SumLayer } from '../format.ts';
import type { LayerKind } from './kind.ts';

export const sum: LayerKind<SumLayer> = {
  kind: 'sum',
  keys: ['branches'],
  parse(path, fields, width, scope) {
    const list = fields.get('branches');
    if (!Array.isArray(list)) throw typeFault(`${path}.branches`, 'an array of arrays', list);
    if (list.length < 2) throw rangeFault(`${path}.branches`, 'at least two branches', list);
    let first: number | undefined;
    const branches = Array.from(list, (branch: unknown, index) => {
      const title = `${path}.branches[${index}]`;
      const { layers, width: last } = scope.parseLayers(title, branch, width);
      first ??= last;
      if (last !== first) throw rangeFault(title, `layers to width ${first}, as of branches[0]`, last);
      return layers;
    });
    return Object.freeze({ kind: 'sum', branches: Object.freeze(branches) });
  },
  outputDim: ({ branches }, width, through) => through(branches[0], width),
  parameters: () => [],
  inner: ({ branches }) => branches.map((layers, index) => ({ step: `branches[${index}]`, layers })),
  build: ({ branches }, x, { graph, through }) =>
    graph.sum(branches.map((layers, index) => through(`branches[${index}]`, layers, x))),
};
