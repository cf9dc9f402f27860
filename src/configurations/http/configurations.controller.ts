import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '../../shared/api-decorators.js';
import { Answers, Examples } from '../../shared/api-operation.js';
import { found } from '../../shared/app-error.js';
import { Audited } from '../../shared/audited.js';
import { IdPipe } from '../../shared/id.pipe.js';
import { mapPage, PageQuery } from '../../shared/page.js';
import { Scope } from '../../workspaces/api-key.guard.js';
import { workspaceOf, type WorkspaceScope } from '../../workspaces/workspace.js';
import { ChangeConfiguration } from '../change-configuration.js';
import { Configurations } from '../configurations.js';
import { CreateConfiguration } from '../create-configuration.js';
import { ConfigurationChangeDto, NewConfigurationDto } from './configuration-fields.dto.js';
import { configurationOfDto } from './configuration-of-dto.js';
import { ConfigurationDto, ConfigurationPage } from './configuration.dto.js';

const NINE_TO_FIVE = {
  name: 'Consultation',
  calendar_id: '0b6d4f0e-3a52-4f0a-8a5e-6a3f0a7c9d11',
  conflict_calendar_ids: ['c8a4c1a2-91f7-4a57-b3c5-1f6d2f0e8b22'],
  timezone: 'America/New_York',
  duration_minutes: 30,
  from_time: '09:00',
  to_time: '17:00',
  workdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
};

@ApiTags('Configurations')
@Controller('calendars/configurations')
export class ConfigurationsController {
  constructor(
    private readonly configurations: Configurations,
    private readonly createConfiguration: CreateConfiguration,
    private readonly changeConfiguration: ChangeConfiguration,
  ) {}

  @Post()
  @Audited('configuration.created', { answer: 'id' })
  @Answers(201, ConfigurationDto, 'Create a configuration: what can be booked when, into which calendar')
  @Examples({ 'Weekdays from nine to five': NINE_TO_FIVE })
  async create(@Scope() scope: WorkspaceScope, @Body() body: NewConfigurationDto): Promise<ConfigurationDto> {
    const given = configurationOfDto(body);
    return ConfigurationDto.of(await this.createConfiguration.execute(workspaceOf(scope), given));
  }

  @Get()
  @Answers(200, ConfigurationPage, 'List the configurations')
  async list(@Scope() scope: WorkspaceScope, @Query() page: PageQuery): Promise<ConfigurationPage> {
    return mapPage(await this.configurations.list(scope, page), ConfigurationDto.of);
  }

  @Get(':id')
  @Answers(200, ConfigurationDto, 'Show a configuration')
  async one(@Scope() scope: WorkspaceScope, @Param('id', IdPipe) id: string): Promise<ConfigurationDto> {
    return ConfigurationDto.of(found(await this.configurations.find(id, scope)));
  }

  @Patch(':id')
  @Audited('configuration.updated')
  @Answers(200, ConfigurationDto, 'Change the fields that are named')
  @Examples({
    'A holiday': { date_overrides: [{ date: '2027-12-24', closed: true }] },
    'Without a limit': { max_bookings_per_day: null },
  })
  async change(
    @Scope() scope: WorkspaceScope,
    @Param('id', IdPipe) id: string,
    @Body() body: ConfigurationChangeDto,
  ): Promise<ConfigurationDto> {
    return ConfigurationDto.of(await this.changeConfiguration.execute(id, scope, configurationOfDto(body)));
  }

  @Delete(':id')
  @Audited('configuration.deleted')
  @Answers(204, null, 'Delete a configuration; its bookings stay')
  async remove(@Scope() scope: WorkspaceScope, @Param('id', IdPipe) id: string): Promise<void> {
    found(await this.configurations.remove(id, scope));
  }
}
