export { readIntegerMatrix, readMatrix, readNumbers, type MatrixFormat } from './read-matrix.ts';
