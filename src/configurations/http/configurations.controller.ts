import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import { found } from '../../shared/app-error.js';
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

@ApiTags('Configurations')
@ApiBearerAuth('workspace_key')
@Controller('calendars/configurations')
export class ConfigurationsController {
  constructor(
    private readonly configurations: Configurations,
    private readonly createConfiguration: CreateConfiguration,
    private readonly changeConfiguration: ChangeConfiguration,
  ) {}

  @Post()
  @ApiCreatedResponse({ type: ConfigurationDto })
  async create(@Scope() scope: WorkspaceScope, @Body() body: NewConfigurationDto): Promise<ConfigurationDto> {
    const given = configurationOfDto(body);
    return ConfigurationDto.of(await this.createConfiguration.execute(workspaceOf(scope), given));
  }

  @Get()
  @ApiOkResponse({ type: ConfigurationPage })
  async list(@Scope() scope: WorkspaceScope, @Query() page: PageQuery): Promise<ConfigurationPage> {
    return mapPage(await this.configurations.list(scope, page), ConfigurationDto.of);
  }

  @Get(':id')
  @ApiOkResponse({ type: ConfigurationDto })
  async one(@Scope() scope: WorkspaceScope, @Param('id', IdPipe) id: string): Promise<ConfigurationDto> {
    return ConfigurationDto.of(found(await this.configurations.find(id, scope)));
  }

  @Patch(':id')
  @ApiOkResponse({ type: ConfigurationDto })
  async change(
    @Scope() scope: WorkspaceScope,
    @Param('id', IdPipe) id: string,
    @Body() body: ConfigurationChangeDto,
  ): Promise<ConfigurationDto> {
    return ConfigurationDto.of(await this.changeConfiguration.execute(id, scope, configurationOfDto(body)));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  async remove(@Scope() scope: WorkspaceScope, @Param('id', IdPipe) id: string): Promise<void> {
    found(await this.configurations.remove(id, scope));
  }
}
