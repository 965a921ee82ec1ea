/** A machine for the tests of the runner: accounts, and callers that wait until an account holds enough. */
import { invariant } from "../lib/invariant.js";
import type { ErrorCode } from "../protocol/errors.js";
import type { RecordCodec } from "./record-codec.js";
import { type Decision, type Input, reply, type StateMachine, type Ticket } from "./state-machine.js";

export interface Deposit {
  readonly account: string;
  readonly amount: number;
}

interface Ledger {
  /** Replayed. */
  readonly balances: Map<string, { amount: number; lastOffset: number }>;
  readonly pending: Map<number, Deposit[]>;
  /** Touched. */
  readonly waiting: Map<number, { ticket: Ticket<number>; account: string; atLeast: number; untilMs: number }>;
  readonly seen: string[];
}

export interface LedgerTypes {
  State: Ledger;
  Rec: Deposit;
  Touch:
    | { type: "wait"; ticket: Ticket<number>; account: string; atLeast: number; untilMs: number }
    | { type: "done"; id: number }
    | { type: "saw"; what: string };
  Errand: { audit: string };
  ErrandResult: { audited: string };
  Calls: {
    deposit: { request: Deposit & { producer?: { id: number; epoch: number } }; reply: number };
    depositAndAudit: { request: Deposit; reply: number };
    balance: { request: string; reply: number };
    hello: { request: null; reply: string };
    waitFor: { request: { account: string; atLeast: number; timeoutMs: number }; reply: number };
    crash: { request: "decide" | "touch"; reply: never };
  };
}

const nothing = { records: [], touches: [], replies: [], errands: [] };

export const ledger: StateMachine<LedgerTypes> = {
  create: () => ({ balances: new Map(), pending: new Map(), waiting: new Map(), seen: [] }),
  replay(state, record, at) {
    if (at.transaction !== null) {
      const open = state.pending.get(at.transaction.producerId) ?? [];
      state.pending.set(at.transaction.producerId, [...open, record]);
      return;
    }
    add(state, record, at.offset);
  },
  replayMarker(state, marker, at) {
    if (marker.commit) for (const record of state.pending.get(marker.producerId) ?? []) add(state, record, at.offset);
    state.pending.delete(marker.producerId);
  },
  touch(state, touch) {
    if (touch.type === "wait") state.waiting.set(touch.ticket.id, touch);
    else if (touch.type === "done") state.waiting.delete(touch.id);
    else if (touch.what === "crash") throw new Error("touch crashed");
    else state.seen.push(touch.what);
  },
  decide,
  nextDeadlineMs(state) {
    const all = [...state.waiting.values()].map(({ untilMs }) => untilMs);
    return all.length === 0 ? null : Math.min(...all);
  },
};

function add(state: Ledger, { account, amount }: Deposit, lastOffset: number): void {
  state.balances.set(account, { amount: balanceOf(state, account) + amount, lastOffset });
}

function balanceOf(state: Readonly<Ledger>, account: string): number {
  return state.balances.get(account)?.amount ?? 0;
}

function decide(
  state: Readonly<Ledger>,
  input: Input<LedgerTypes>,
  now: { monotonicMs: number },
): Decision<LedgerTypes> {
  switch (input.type) {
    case "call":
      return decideCall(state, input, now.monotonicMs);
    case "deadline": {
      const late = [...state.waiting.values()].filter(({ untilMs }) => untilMs <= now.monotonicMs);
      return {
        ...nothing,
        touches: late.map(({ ticket }) => ({ type: "done", id: ticket.id })),
        replies: late.map(({ ticket, account }) => reply(ticket, balanceOf(state, account), "at once")),
      };
    }
    case "gone":
      return { ...nothing, touches: [{ type: "done", id: input.ticket.id }] };
    case "refused":
      return saw(`refused ${input.errorCode satisfies ErrorCode} of ${input.of.type}`);
    case "errandDone":
      return { ...saw(`audited ${input.result.audited}`), records: [{ account: "audits", amount: 1 }] };
    case "metadata":
      return saw("metadata");
    case "loaded":
      return saw("loaded");
  }
}

function saw(what: string): Decision<LedgerTypes> {
  return { ...nothing, touches: [{ type: "saw", what }] };
}

type Call = Extract<Input<LedgerTypes>, { type: "call" }>;

function decideCall(state: Readonly<Ledger>, call: Call, nowMs: number): Decision<LedgerTypes> {
  switch (call.name) {
    case "deposit":
    case "depositAndAudit": {
      const { account, amount } = call.request;
      const sum = balanceOf(state, account) + amount;
      const pleased = [...state.waiting.values()].filter((w) => w.account === account && sum >= w.atLeast);
      return {
        ...nothing,
        records: [{ account, amount }],
        ...(call.name === "deposit" && call.request.producer ? { producer: call.request.producer } : {}),
        touches: pleased.map(({ ticket }) => ({ type: "done", id: ticket.id })),
        replies: [
          reply(call.ticket, sum, "own records"),
          ...pleased.map(({ ticket }) => reply(ticket, sum, "own records")),
        ],
        errands: call.name === "depositAndAudit" ? [{ audit: account }] : [],
      };
    }
    case "balance": {
      const found = state.balances.get(call.request);
      return { ...nothing, replies: [reply(call.ticket, found?.amount ?? 0, (found?.lastOffset ?? -1) + 1)] };
    }
    case "hello":
      return { ...nothing, replies: [reply(call.ticket, "hello", "at once")] };
    case "waitFor": {
      const { account, atLeast, timeoutMs } = call.request;
      const untilMs = nowMs + timeoutMs;
      return { ...nothing, touches: [{ type: "wait", ticket: call.ticket, account, atLeast, untilMs }] };
    }
    case "crash":
      if (call.request === "decide") throw new Error("decide crashed");
      return saw("crash");
  }
}

/** What a record has room for, as of any string. */
const ACCOUNT_LENGTH_MAX = 32_767;

export const ledgerCodec: RecordCodec<Deposit> = {
  encode: ({ account, amount }) => {
    invariant(account.length <= ACCOUNT_LENGTH_MAX, "an account fits into a record");
    return { key: Buffer.from(account), value: Buffer.from(String(amount)) };
  },
  decode: (key, value) =>
    key === null || value === null ? null : { account: key.toString(), amount: Number(value.toString()) },
};
