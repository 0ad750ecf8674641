/** Exact arithmetic, beside the arithmetic of doubles that it takes the place of. */
import { least_ms, nanoseconds, type Row } from '#scripts/bench/row'
import { type Cadence, cadencesOf, countThrough, tickOf } from '#units/cadence'
import { add, compare, multiply, ratio, toNumber } from '#units/rational'

const COUNT = 200_000
const TIMES = 5

/** Results go here, so that no loop can be left out as useless. */
let sink = 0

export function numbers(): Row[] {
  const step = ratio(1n, 4n)
  const rates = Array.from({ length: 64 }, (_, n) => ratio(BigInt(350 + n), 3n * BigInt(1 + (n % 7))))
  const doubles = rates.map(toNumber)
  const rational = (n: number) => rates[n & 63] ?? step
  const double = (n: number) => doubles[n & 63] ?? 0.25
  const [cadence] = cadencesOf(ratio(1n, 3n), ratio(10_000_019n, 64n), 2 ** 20)
  if (cadence === undefined) throw new Error('no cadence to measure')
  return [
    row(
      'rational: multiply and add',
      (n) => Number(add(multiply(rational(n), step), rational(n + 1)).n & 7n),
      'doubles',
      (n) => Math.trunc(double(n) * 0.25 + double(n + 1)),
    ),
    row(
      'rational: compare',
      (n) => compare(rational(n), rational(n + 1)),
      'doubles',
      (n) => Math.sign(double(n) - double(n + 1)),
    ),
    row(
      'cadence: tick of a step',
      (n) => tickOf(cadence, n),
      'a rounded product',
      (n) => Math.ceil(0.3 + n * 156_250.3),
    ),
    row(
      'cadence: steps through a tick',
      (n) => countThrough(cadence, n * 156_250),
      'a rounded quotient',
      (n) => Math.floor((n * 156_250) / 156_250.3),
    ),
    row(
      'cadence: from an exact interval',
      (n) => sumOf(cadencesOf(rational(n), rational(n + 1), 1000)),
      'a product',
      (n) => Math.ceil(double(n) * double(n + 1)),
    ),
  ]
}

function sumOf(cadences: readonly Cadence[]): number {
  return cadences.reduce((sum, { count }) => sum + count, 0)
}

function row(work: string, exact: (n: number) => number, beside: string, plain: (n: number) => number): Row {
  const [work_ms, floor_ms] = [loop_ms(exact), loop_ms(plain)]
  return {
    ...{ work, measured: nanoseconds(work_ms, COUNT), beside, floor: nanoseconds(floor_ms, COUNT) },
    ratio: work_ms / floor_ms,
  }
}

function loop_ms(work: (n: number) => number): number {
  return least_ms(TIMES, () => {
    for (let n = 0; n < COUNT; n += 1) sink = (sink + work(n)) | 0
  })
}
