import { describe, expect, test } from 'vitest';
import { network } from '../../src/network/index.ts';
import { Pace } from '../../src/pace.ts';
import { smallArithmetic } from '../../src/verify/arithmetic.ts';
import { Rejection } from '../../src/verify/fault.ts';
import { checkIndependence } from '../../src/verify/independence.ts';
import { demandNewLogarithms } from '../../src/verify/logarithms.ts';
import { Residues } from '../../src/verify/residues.ts';
import { stepsOf } from '../../src/verify/steps.ts';
import { compiled } from './produce.ts';

const softplus = { kind: 'activation', function: 'softplus' };
const exp = { kind: 'activation', function: 'exp' };
const linear = (outputDim: number): object => ({ kind: 'linear', outputDim });
const scale = (factor: number): object => ({ kind: 'scale', factor });
const sum = (...branches: object[][]): object => ({ kind: 'sum', branches });

const program = (...layers: object[]) =>
  compiled(network({ inputDim: 2, sequenceLength: 1, layers: layers as never }));

const checked = async (...layers: object[]): Promise<unknown> => {
  const made = program(...layers);
  const field = new Residues(smallArithmetic(67108859), 67108859n);
  const stated = { prime: 67108859n, seed: '0', inputs: 12, points: 2 };
  return checkIndependence(made, stepsOf(made.program), stated, field, new Pace({})).catch(
    (error: unknown) => error,
  );
};

describe('softplus that is no new function', () => {
  test.each([
    ['of u and of −u', [sum([softplus], [scale(-1), softplus])]],
    ['of −u/2 and of u/2, behind a layer', [linear(3), scale(-0.5), sum([softplus], [scale(-1), softplus])]],
    ['of 0', [sum([], [scale(-1)]), softplus]],
  ])('%s', (_, layers) => {
    expect(() => demandNewLogarithms(program(...layers).program)).toThrow(Rejection);
  });

  test.each([
    ['of u twice', [sum([softplus], [softplus])]],
    ['of u and of 2u', [sum([softplus], [scale(2), softplus])]],
    ['of u and of −2u', [sum([softplus], [scale(-2), softplus])]],
  ])('but not %s', (_, layers) => {
    expect(() => demandNewLogarithms(program(...layers).program)).not.toThrow();
  });
});

describe('an exponential of a logarithm: e^{log(1 + e^u)} = 1 + e^u', () => {
  test.each([
    ['itself', [softplus, exp]],
    ['with the argument added: e^u·(1 + e^u)', [sum([], [softplus]), exp]],
    ['a first power', [softplus, { kind: 'power', exponent: 1 }, exp]],
    ['shifted by parameters', [softplus, { kind: 'positions' }, exp]],
    ['a sum of logarithms', [sum([softplus], [scale(3), softplus]), exp]],
  ])('%s', async (_, layers) => {
    expect(await checked(...layers)).toMatchObject({ fault: { path: 'certificate.network' } });
  });

  test.each([
    ['of a new map of logarithms', [softplus, linear(2), exp]],
    ['of a residual', [{ kind: 'residual', layers: [linear(2), softplus, linear(2)] }, exp]],
    ['of squares', [linear(2), softplus, { kind: 'power', exponent: 2 }, exp]],
    ['of a norm', [linear(2), softplus, { kind: 'rmsnorm', epsilon: 1 }, exp]],
  ])('but not %s', async (_, layers) => {
    expect(await checked(...layers)).toBe(undefined);
  });
});
