import main from '../playwright.config';

/** Pictures of the screens: never part of the tests. */
export default { ...main, testDir: '.', outputDir: '../results', reporter: 'line', timeout: 120_000 };
