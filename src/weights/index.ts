export { parseWeights, readWeights, serializeWeights } from './file.ts';
export { parameterName, weights, type Weights } from './weights.ts';
