/** Thrown inside a run when the pump under test failed instead of answering: the run ends early and is inconclusive. */
export class PumpError extends Error {
  override readonly name = 'PumpError'
}
