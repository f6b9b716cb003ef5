/** What the page uses of diff, for the type check. */
export function diffArrays<T>(
  before: T[],
  after: T[],
  options: { timeout: number },
): { value: T[]; added: boolean; removed: boolean }[] | undefined;
