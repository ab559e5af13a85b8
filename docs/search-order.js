// What is found: pages for users come first, then what is looked up, then the records of our work.
const ORDER = [
  [/^docs\/(how-to\/|tutorial|your-card|whole-loop)/, 3],
  [/^(README|docs\/(reference|explanation)\/)/, 1],
  [/^(CHANGELOG|CONTRIBUTING|training|docs\/(decisions\/|design|benchmarks))/, -12],
];

// The rest is Sphinx's own (searchtools.js), which takes this object in the place of its own.
var Scorer = {
  score: ([page, , , , score]) => score + (ORDER.find(([pattern]) => pattern.test(page))?.[1] ?? 0),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
