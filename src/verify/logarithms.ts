import { Rejection } from './fault.ts';
import { negative, textOf } from './fraction.ts';
import type { Sparse } from './lattice.ts';
import type { Program } from './program.ts';

/**
 * Rejects a network whose softplus are no new functions: log(1 + e^{−u}) = log(1 + e^u) − u, and log(1 + e^0) is a number. Others are algebraically
 * independent of one another (Ax 1971): the 1 + e^u are multiplicatively independent, as each has a cyclotomic factor that those of smaller multiples lack.
 */
export function demandNewLogarithms(program: Program): void {
  const met = new Set<string>();
  for (const { operation } of program.tensors) {
    if (operation.kind !== 'logarithm') continue;
    const { terms } = program.tensor(operation.x);
    program.budget.spend(2 * terms.size);
    const opposite: Sparse = new Map(Array.from(terms, ([atom, factor]) => [atom, negative(factor)]));
    if (terms.size === 0 || met.has(keyOf(opposite)))
      throw new Rejection(
        'certificate.network',
        'softplus of arguments that are not 0, and not those of another softplus times -1',
        terms.size === 0 ? 'softplus of 0' : 'softplus of u and of -u',
      );
    met.add(keyOf(terms));
  }
}

const keyOf = (terms: Sparse): string =>
  Array.from(terms, ([atom, factor]) => `${atom} ${textOf(factor)}`).join();
