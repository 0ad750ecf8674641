/**
 * What may be there at once or come later, as the answers of a rig do.
 *
 * To await what is there already costs more than most of what an in-process rig does, so it is looked at first.
 */
export function isPending<T>(answer: Promise<T> | T): answer is Promise<T> {
  return typeof answer === 'object' && answer !== null && 'then' in answer
}
