// XState v5 behind a pipe: one line of JSON in, one out. In: {machine, steps: [{event, flags}]}, where the first step has
// no event. Out: for each step {state, actions, timers: {delay: the step that started it}}, up to an error, {error}.
// A guard is the name of a flag, or "variables.<name>"; an action `set` gives a variable the value of one of these.
import { createInterface } from "node:readline";
import { createMachine, enqueueActions, initialTransition, transition } from "xstate";

const MOST_STEPS = 100;

function follow({ machine: document, steps }) {
  let flags = {};
  const named = (table, make) => Object.fromEntries(Object.keys(table ?? {}).map((name) => [name, make(name)]));
  const value = (source, context) => (source.startsWith("variables.") ? context[source.slice(10)] : flags[source]);
  const act = (name) => {
    const { type, name: variable, value: source } = document.actions[name];
    if (type !== "set") return () => {};
    return enqueueActions(({ enqueue }) => {
      enqueue.assign({ [variable]: ({ context }) => value(source, context) });
      enqueue(`${name}!`); // what is assigned leaves no trace of its own
    });
  };
  const machine = createMachine(
    { ...document, context: {}, options: { maxIterations: MOST_STEPS } },
    {
      guards: named(document.guards, (name) => ({ context }) => value(document.guards[name], context) === true),
      actions: named(document.actions, act),
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
      else names.push(action.type.replace("!", ""));
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
