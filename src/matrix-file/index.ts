export { readMatrix, type MatrixFormat } from './read-matrix.ts';
