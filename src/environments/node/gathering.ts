/** Sockets that have something to send at the end of this turn of the loop. One immediate serves all of them. */
export class Gathering {
  #letGo: (() => void)[] = [];

  add(letGo: () => void): void {
    if (this.#letGo.push(letGo) === 1) setImmediate(this.#all);
  }

  readonly #all = (): void => {
    const all = this.#letGo;
    this.#letGo = [];
    for (const letGo of all) letGo();
  };
}
