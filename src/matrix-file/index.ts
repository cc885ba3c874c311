export { readIntegerMatrix, readMatrix, type MatrixFormat } from './read-matrix.ts';
