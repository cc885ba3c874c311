export { parseWeights, readWeights, serializeWeights } from './file.ts';
export { weights, weightsModulo, type Weights } from './weights.ts';
