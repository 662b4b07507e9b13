/** Waits for both; the first failure stops the other, and is thrown once that has ended. */
export async function bothOrNeither<A, B>(
  stop: AbortController,
  work: readonly [Promise<A>, Promise<B>],
): Promise<[A, B]> {
  let first: { readonly error: unknown } | undefined;
  const watched = work.map((promise) =>
    promise.catch((error: unknown) => {
      first ??= { error };
      stop.abort();
    }),
  );
  const values = await Promise.all(watched);
  if (first !== undefined) throw first.error;
  return values as [A, B];
}
