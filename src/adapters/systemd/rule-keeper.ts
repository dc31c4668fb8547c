/** Keeps the match rules at the bus daemon equal to the wanted ones. */
import { toBus } from './calls.ts';
import type { Call, Reply } from './connection.ts';

export interface RuleKeeper {
  /** Adds and removes what differs. A call made after this is answered only when the new rules stand. */
  apply(wanted: readonly string[]): void;
}

export const createRuleKeeper = (options: {
  readonly ask: (call: Call, done: (reply: Reply) => void) => void;
  readonly onRefused: (detail: string) => void;
}): RuleKeeper => {
  const applied = new Set<string>();
  return {
    apply(rules) {
      const wanted = new Set(rules);
      // Removed first, so that one set of rules can take the place of another below the limit of the daemon.
      for (const rule of [...applied]) {
        if (wanted.has(rule)) continue;
        applied.delete(rule);
        // An error would mean that the rule is gone already, which is what is wanted.
        options.ask(toBus('RemoveMatch', rule), () => {});
      }
      for (const rule of wanted) {
        if (applied.has(rule)) continue;
        applied.add(rule);
        options.ask(toBus('AddMatch', rule), (reply) => {
          if (reply.kind === 'error') options.onRefused(`the bus refused a match rule: ${reply.message}`);
        });
      }
    },
  };
};
