import type { Network } from '../../src/network/format.ts';
import { parseNetwork } from '../../src/network/parse.ts';
import table from './attention-dimensions.json' with { type: 'json' };

/** All 60 rows of the reference table, with their numbers as names: source in README.md beside this file. */
export const referenceRows: readonly (readonly [name: string, network: Network, dimension: number])[] =
  table.map((row, n) => {
    const layers = row.headDims.map((headDim, i) => {
      const attention = {
        kind: 'attention',
        normalization: row.attention === 'softmax' ? 'softmax' : 'none',
        headDim,
        numHeads: row.heads,
        outputDim: row.dims[i + 1],
        causal: row.causal,
        ...(row.valueDim !== null && { valueDim: row.valueDim }),
      };
      return row.residual ? { kind: 'residual', layers: [attention] } : attention;
    });
    const { sequenceLength } = row;
    const format = { format: 'dimcert-network', version: 1 };
    const network = parseNetwork({ ...format, inputDim: row.dims[0], sequenceLength, layers });
    return [`row ${n}`, network, row.dimension];
  });
