import type { Network } from '../../src/network/format.ts';
import { attentionStack } from '../../src/network/builders.ts';
import table from './attention-dimensions.json' with { type: 'json' };

/** A network whose dimension an independent program computed. */
export interface ReferenceNetwork {
  readonly network: Network;
  readonly parameters: number;
  readonly dimension: number;
}

/** The rows of the reference table with one head and no residual: source in README.md beside this file. */
export const singleHeadReferences: readonly ReferenceNetwork[] = table
  .filter((row) => row.heads === 1 && !row.residual)
  .map((row) => ({
    network: attentionStack({
      dims: row.dims,
      headDims: row.headDims,
      sequenceLength: row.sequenceLength,
      normalization: row.attention === 'softmax' ? 'softmax' : 'none',
      causal: row.causal,
      valueDims: row.headDims.map(() => row.valueDim),
    }),
    parameters: row.parameters,
    dimension: row.dimension,
  }));
