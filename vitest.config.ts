import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { chromiumArguments, chromiumPath } from './scripts/chromium.ts';

export default defineConfig(async (): Promise<ViteUserConfig> => ({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        // Everything that is not about files, processes or the terminal runs once more in a real browser.
        test: {
          name: 'chromium',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{cli,package}/**', '**/*.node.test.ts'],
          testTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            // One page for all files: an iframe of its own for each takes a third of the time.
            isolate: false,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                executablePath: await chromiumPath(),
                args: chromiumArguments,
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
}));
