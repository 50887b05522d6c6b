// XState v5 behind a pipe: one line of JSON in, one out. In: {machine, steps: [{event, flags}]}, where the first step has
// no event. Out: for each step {state, actions, timers: {delay: the step that started it}}, up to an error, {error}.
import { createInterface } from "node:readline";
import { createMachine, initialTransition, transition } from "xstate";

const MOST_STEPS = 100;

function follow({ machine: document, steps }) {
  let flags = {};
  const named = (table, make) => Object.fromEntries(Object.keys(table ?? {}).map((name) => [name, make(name)]));
  const machine = createMachine(
    { ...document, options: { maxIterations: MOST_STEPS } },
    {
      guards: named(document.guards, (name) => () => flags[name] === true),
      actions: named(document.actions, () => () => {}),
      delays: named(document.delays, () => 1000),
    },
  );
  const timers = new Map();
  const told = [];
  let snapshot;
  for (const [number, step] of steps.entries()) {
    flags = step.flags;
    let actions = [];
    try {
      if (number === 0) [snapshot, actions] = initialTransition(machine);
      if (snapshot.status === "error") throw snapshot.error;
      if (number > 0 && snapshot.status === "active")
        [snapshot, actions] = transition(machine, snapshot, { type: typeOf(step.event, machine.id, snapshot.value) });
    } catch (error) {
      if (!/Infinite loop/.test(error.message)) throw error;
      return [...told, { error: "loop" }];
    }
    const names = [];
    for (const action of actions) {
      if (action.type === "xstate.raise") timers.set(action.params.id, [action.params.event.type.split(".")[2], number]);
      else if (action.type === "xstate.cancel") timers.delete(action.params.sendId);
      else names.push(action.type);
    }
    told.push({ state: snapshot.value, actions: names, timers: Object.fromEntries(timers.values()) });
  }
  return told;
}

function typeOf(event, machine, state) {
  return event.startsWith("after.") ? `xstate.after.${event.slice(6)}.${machine}.${state}` : event;
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = follow(JSON.parse(line));
  } catch (error) {
    answer = { failure: String(error.stack ?? error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
