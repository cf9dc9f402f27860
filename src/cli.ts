import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { runTool, withConfig } from './command-line-tool.js';
import { CalendarHealthCommand, HELP, parseCommandLine } from './health/health.module.js';
import { nestLogger } from './shared/pino-log.js';

runTool(async (args, terminal) => {
  const command = parseCommandLine(args);
  if (command.kind === 'help') {
    await terminal.print(HELP);
    return 0;
  }
  return withConfig(async (config, log) => {
    const options = { logger: nestLogger(log), abortOnError: false };
    const app = await NestFactory.createApplicationContext(AppModule.with(config, log), options);
    try {
      return await app.get(CalendarHealthCommand).execute(command, terminal);
    } finally {
      terminal.progress(null);
      await app.close();
    }
  });
});
