/**
 * Whether a tree is what its keys say. Keys are told from files of contexts before these are copied: where one of them is
 * another by then, nothing that comes after it may be taken from the cache or kept in it.
 */
export class Faith {
  #isBroken = false;
  #ownersLost = false;
  readonly #checks: Promise<boolean>[] = [];

  /** Whether it is known already that the tree is another. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  break(): void {
    this.#isBroken = true;
  }

  /** Whether changes of owner by RUN are missing in the tree, as this machine cannot record them. */
  get ownersLost(): boolean {
    return this.#ownersLost;
  }

  loseOwners(): void {
    this.#ownersLost = true;
  }

  /** Takes in something that is found out later: false breaks it then. */
  await(check: Promise<boolean>): void {
    this.#checks.push(check);
  }

  /** What is in doubt there is in doubt here. */
  share(other: Faith): void {
    this.#isBroken ||= other.#isBroken;
    this.#ownersLost ||= other.#ownersLost;
    this.#checks.push(...other.#checks);
  }

  /** Whether all that came up to now was as the keys say. */
  async holds(): Promise<boolean> {
    const isBroken = this.#isBroken;
    const checks = await Promise.all([...this.#checks]);
    return !isBroken && checks.every(Boolean);
  }
}
