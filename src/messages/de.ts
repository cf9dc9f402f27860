import type { MailTexts, Messages, PageTexts } from './messages.js';

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
const named = (names: readonly string[]): string => names.map((name) => `„${name}“`).join(', ');

const PAGES: PageTexts = {
  account: (email, workspace) => `Es geht um das Google-Konto ${email}, das mit ${workspace} verbunden ist.`,
  goOn: 'Weiter zu Google',
  stopped: {
    title: 'Verbinden Sie Ihren Kalender neu',
    next: (email) =>
      `Was zu tun ist: Gehen Sie weiter zu Google, wählen Sie ${email} und erlauben Sie den Zugriff. Wenn Google Kästchen zeigt, kreuzen Sie alle an.`,
    nextAfterAdmin: (email) =>
      `Was zu tun ist: Fragen Sie zuerst die Administration Ihrer Organisation. Ist das geklärt, gehen Sie weiter zu Google, wählen Sie ${email} und erlauben Sie den Zugriff.`,
    kept: 'Es dauert eine Minute. Ihre Kalender, Einstellungen und Termine bleiben, wie sie sind.',
  },
  ours: {
    title: 'Sie müssen nichts tun',
    text: 'Der Fehler liegt bei uns.',
    next: 'Der Kalender ist von selbst wieder da, sobald wir den Fehler behoben haben.',
  },
  working: {
    title: 'Ihr Kalender ist verbunden',
    text: 'Alles funktioniert, Sie müssen also nichts tun.',
    next: 'Wenn Sie trotzdem gebeten wurden, das Konto neu zu verbinden, gehen Sie weiter zu Google.',
  },
  ending: {
    title: 'Erneuern Sie die Verbindung zu Ihrem Kalender',
    text: (day) => `Noch funktioniert alles, aber Google beendet die Freigabe am ${day}.`,
    next: 'Was zu tun ist: Gehen Sie vorher weiter zu Google und erlauben Sie den Zugriff noch einmal. Nichts wird unterbrochen.',
  },
  disconnected: {
    title: 'Dieser Kalender wurde getrennt',
    text: 'Jemand hat das Konto hier getrennt; es wird nicht mehr verwendet.',
    next: 'Wenn Sie es wieder verbinden möchten, gehen Sie weiter zu Google und erlauben Sie den Zugriff.',
  },
  badLink: {
    title: 'Dieser Link funktioniert nicht mehr',
    text: 'Ein solcher Link gilt sieben Tage, und nur wenn er vollständig ist.',
    next: 'Was zu tun ist: Suchen Sie nach einer neueren E-Mail von uns, denn jede enthält einen frischen Link, oder bitten Sie um einen neuen, wo Sie diesen bekommen haben. Wenn Sie den Link kopiert haben, prüfen Sie, ob am Ende etwas fehlt.',
  },
  connected: {
    title: 'Ihr Kalender ist verbunden',
    text: (email, calendars) =>
      calendars === 0
        ? `${email} ist verbunden. Die Kalender erscheinen in wenigen Minuten.`
        : `${email} ist mit ${counted(calendars, 'Kalender', 'Kalendern')} verbunden.`,
    next: 'Mehr ist nicht zu tun. Sie können dieses Fenster schließen.',
  },
  failed: {
    title: 'Ihr Kalender ist nicht verbunden',
    titleOver: 'Dieser Versuch ist vorbei',
    text: {
      cancelled: 'Die Freigabe wurde bei Google abgebrochen; es wurde nichts geändert.',
      permissions: 'Einige Berechtigungen wurden nicht erteilt, und ohne sie funktioniert nichts.',
      blocked: 'Ihre Organisation erlaubt diesem Dienst nicht, Google Kalender zu verwenden.',
      other_account: 'Sie haben ein anderes Google-Konto gewählt als das, das verbunden werden soll.',
      ours: 'Google weist diesen Dienst ab. Der Fehler liegt bei uns.',
      unavailable: 'Google antwortet im Augenblick nicht.',
      over: 'Es sind mehr als zehn Minuten vergangen, oder er wurde schon abgeschlossen.',
      incomplete: 'Google hat die Freigabe nicht abgeschlossen; es wurde nichts geändert.',
    },
    next: {
      cancelled: 'Wenn Sie den Kalender verbinden möchten, beginnen Sie neu und erlauben Sie den Zugriff.',
      permissions: 'Beginnen Sie neu, und kreuzen Sie alle Kästchen an, die Google zeigt.',
      blocked:
        'Bitten Sie die Administration Ihres Google Workspace, es zu erlauben, und beginnen Sie dann neu.',
      other_account: 'Beginnen Sie neu und wählen Sie das richtige Konto.',
      ours: 'Bitte sagen Sie es denen, die Sie um die Verbindung gebeten haben, und versuchen Sie es später noch einmal.',
      unavailable: 'Warten Sie ein paar Minuten, und beginnen Sie dann neu.',
      over: 'Ist Ihr Kalender inzwischen verbunden, müssen Sie nichts tun. Wenn nicht, beginnen Sie bitte neu.',
      incomplete: 'Bitte beginnen Sie neu.',
    },
    whereToStart:
      'Um neu zu beginnen, gehen Sie dorthin zurück, woher Sie kamen, oder öffnen Sie den Link in unserer E-Mail noch einmal.',
    startAgain: 'Neu beginnen',
    reference: (requestId) => `Wenn Sie um Hilfe bitten, nennen Sie dieses Zeichen: ${requestId}`,
  },
};

const MAILS: MailTexts = {
  greeting: 'Guten Tag,',
  stopped: {
    subject: (email) => `Bitte verbinden Sie Ihren Kalender neu: ${email}`,
    lead: (email, workspace) =>
      `Die Verbindung zwischen ${workspace} und dem Google-Kalender von ${email} ist unterbrochen.`,
  },
  reminder: {
    subject: (email) => `Erinnerung: Bitte verbinden Sie Ihren Kalender neu: ${email}`,
    lead: (email, workspace, day) =>
      `Seit ${day} ist die Verbindung zwischen ${workspace} und dem Google-Kalender von ${email} unterbrochen.`,
    last: 'Wir erinnern Sie damit zum letzten Mal.',
  },
  recovered: {
    subject: (email) => `Ihr Kalender ist wieder verbunden: ${email}`,
    lead: (email, workspace) =>
      `Die Verbindung zwischen ${workspace} und dem Google-Kalender von ${email} funktioniert wieder.`,
    next: 'Mehr ist nicht zu tun; frühere E-Mails dazu haben sich erledigt.',
  },
  administrator: {
    subject: (email) => `Eine Einstellung Ihres Google Workspace sperrt den Kalender von ${email}`,
    change: {
      session:
        'In der Google Admin-Konsole, unter Sicherheit, Zugriffs- und Datenkontrolle, in der Sitzungssteuerung für Google Cloud, verlangt Ihre Organisation nach einigen Stunden eine neue Anmeldung. Nehmen Sie dort vertrauenswürdige Apps davon aus, und stufen Sie diese App unter Sicherheit, Zugriffs- und Datenkontrolle, API-Steuerung als vertrauenswürdig ein. Sonst ist der Kalender wieder unterbrochen, sobald die Zeit um ist. Google erklärt es unter https://support.google.com/a/answer/9368756?hl=de',
      blocked:
        'Öffnen Sie in der Google Admin-Konsole, unter Sicherheit, Zugriffs- und Datenkontrolle, API-Steuerung, die Liste der Drittanbieter-Apps, und stufen Sie diese App als vertrauenswürdig ein, für den Teil Ihrer Organisation, zu dem das Konto gehört. Google erklärt es unter https://support.google.com/a/answer/7281227?hl=de',
    },
    client: (clientId) => `Sie finden die App über ihre Client-ID: ${clientId}`,
    afterwards: (email) =>
      `Danach öffnet jemand, der sich als ${email} anmelden kann, diesen Link und erlaubt bei Google den Zugriff; dann funktioniert alles wieder. Sie dürfen diese E-Mail weiterleiten.`,
  },
  happened: 'Was geschehen ist',
  affected: {
    title: 'Was davon betroffen ist',
    configurations: (names, more) =>
      `Solange das so bleibt, können Termine dieser Art nicht verlässlich angeboten werden: ${named(names)}${more > 0 ? ` und ${more} weitere` : ''}.`,
    bookings: (count) =>
      count === 0
        ? 'In diesem Kalender stehen keine Termine bevor.'
        : `In diesem Kalender ${count === 1 ? 'steht 1 Termin' : `stehen ${count} Termine`} bevor. Daran ändert sich nichts, aber Änderungen kommen im Kalender nicht an.`,
    nothing: 'Von diesem Kalender hängen zurzeit keine Termine ab.',
  },
  todo: {
    title: 'Was zu tun ist',
    text: (email) =>
      `Öffnen Sie diesen Link, wählen Sie bei Google ${email} und erlauben Sie den Zugriff. Es dauert eine Minute, und Ihre Kalender, Einstellungen und Termine bleiben, wie sie sind.`,
  },
  button: (email) => `${email} neu verbinden`,
  link: (day) => `Der Link gilt nur für dieses Konto, ohne Passwort bei uns, bis ${day}.`,
  why: (email, workspace) =>
    `Sie bekommen diese E-Mail, weil ${email} mit ${workspace} verbunden ist. Sie wurde automatisch verschickt.`,
};

export const DE: Messages = {
  language: 'de',
  reasons: {
    ended:
      'Google erkennt die Freigabe für das Konto nicht mehr an. Das geschieht zum Beispiel, wenn der Zugriff in den Einstellungen des Google-Kontos entzogen wird oder wenn er abläuft.',
    permissions: 'Als das Konto verbunden wurde, wurden nicht alle nötigen Berechtigungen erteilt.',
    protected:
      'Der Schutz des Google-Kontos lässt den Zugriff nicht zu, zum Beispiel weil es am Erweiterten Sicherheitsprogramm teilnimmt.',
    session:
      'Ihre Organisation verlangt bei Google nach einiger Zeit eine neue Anmeldung, und diese Zeit war um.',
    blocked:
      'Ihre Organisation erlaubt diesem Dienst in ihrem Google Workspace nicht, Google Kalender zu verwenden.',
    ours: 'Google weist diesen Dienst ab. Der Fehler liegt bei uns.',
  },
  pages: PAGES,
  mails: MAILS,
};
