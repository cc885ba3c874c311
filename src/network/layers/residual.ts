import { rangeFault } from '../../assert.ts';
import type { ResidualLayer } from '../format.ts';
import type { LayerKind } from './kind.ts';

export const residual: LayerKind<ResidualLayer> = {
  kind: 'residual',
  keys: ['layers'],
  parse(path, fields, width, scope) {
    const list = fields.get('layers');
    const { layers, width: last } = scope.parseLayers(`${path}.layers`, list, width);
    if (layers.length === 0) throw rangeFault(`${path}.layers`, 'at least one layer', list);
    if (last !== width)
      throw rangeFault(`${path}.layers`, `layers from width ${width} to width ${width}`, last);
    return Object.freeze({ kind: 'residual', layers });
  },
  outputDim: (_, width) => width,
  parameters: () => [],
  inner: ({ layers }) => [{ step: 'layers', layers }],
  build: ({ layers }, x, { graph, through }) => graph.sum([x, through('layers', layers, x)]),
};
