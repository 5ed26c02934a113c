import main from '../playwright.config';

/** Measurements: never part of the tests. */
export default { ...main, testDir: '.', outputDir: '../results/bench', reporter: 'line' };
