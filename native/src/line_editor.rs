//! The line editor behind `include/zerodb_line_editor.h`, which documents the interface; the `repr(C)` types mirror it.
//!
//! A panic ends the process (`panic = "abort"`), so none crosses into C. What the callbacks hand over is therefore clamped to
//! the text before reedline sees it.

use std::borrow::Cow;
use std::ffi::{c_char, c_void, CStr, CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::{fs, io, ptr, slice};

use nu_ansi_term::{Color, Style};
use reedline::{
    default_emacs_keybindings, default_vi_insert_keybindings, default_vi_normal_keybindings, default_vi_visual_keybindings, Completer,
    CompletionResult, DefaultHinter, DescriptionMode, EditCommand, EditMode, Emacs, FileBackedHistory, Highlighter,
    Hinter, History, HistoryItem, HistoryItemId, HistorySessionId, IdeMenu, InputMode, KeyCode, Keybindings,
    KeyModifiers, MenuBuilder, Prompt, PromptEditMode, PromptHistorySearch, PromptHistorySearchStatus, Reedline,
    ReedlineEvent, ReedlineMenu, SearchQuery, Signal, Span, StyledText, Suggestion, ValidationResult, Validator, Vi,
};

const COMPLETION_MENU: &str = "completions";

type EmitPiece = extern "C" fn(*mut c_void, usize, usize, u32);
type EmitHint = extern "C" fn(*mut c_void, *const u8, usize);
type EmitCompletion = extern "C" fn(*mut c_void, *const u8, usize, usize, *const u8, usize);

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Callbacks {
    user: *mut c_void,
    is_complete: Option<extern "C" fn(*mut c_void, *const u8, usize) -> bool>,
    highlight: Option<extern "C" fn(*mut c_void, *const u8, usize, *mut c_void, EmitPiece)>,
    complete: Option<extern "C" fn(*mut c_void, *const u8, usize, usize, *mut c_void, EmitCompletion)>,
    is_for_history: Option<extern "C" fn(*mut c_void, *const u8, usize) -> bool>,
    hint: Option<extern "C" fn(*mut c_void, *const u8, usize, *mut c_void, EmitHint)>,
}

// SAFETY: reedline asks for Send, but runs every callback on the thread that reads the line.
unsafe impl Send for Callbacks {}

#[repr(C)]
pub struct Options {
    history_path: *const c_char,
    history_entries_max: usize,
    with_colors: bool,
    with_vi_keys: bool,
    callbacks: Callbacks,
}

#[repr(C)]
#[derive(Debug, PartialEq)]
pub enum Status {
    Submitted = 0,
    Interrupted = 1,
    Ended = 2,
    Failed = 3,
}

#[repr(C)]
pub struct Line {
    status: Status,
    text: *mut c_char,
    length: usize,
}

pub struct LineEditor {
    reedline: Reedline,
}

/// The nearest character boundary at or before `position`.
fn clamp(text: &str, position: usize) -> usize {
    let mut clamped = position.min(text.len());
    while !text.is_char_boundary(clamped) {
        clamped -= 1;
    }
    clamped
}

/// # Safety
/// `start` is NULL or points to `length` readable bytes.
unsafe fn lossy(start: *const u8, length: usize) -> Option<String> {
    if start.is_null() {
        return None;
    }
    Some(String::from_utf8_lossy(unsafe { slice::from_raw_parts(start, length) }).into_owned())
}

fn style_of(class: u32) -> Style {
    match class {
        1 => Style::new().fg(Color::LightBlue).bold(),
        3 => Style::new().fg(Color::LightCyan),
        4 => Style::new().fg(Color::Cyan),
        5 => Style::new().fg(Color::LightMagenta),
        6 => Style::new().fg(Color::LightGreen),
        7 => Style::new().fg(Color::LightYellow),
        9 => Style::new().fg(Color::DarkGray),
        10 => Style::new().fg(Color::LightRed).underline(),
        _ => Style::new(),
    }
}

struct EnterRule(Callbacks);

impl Validator for EnterRule {
    fn validate(&self, line: &str) -> ValidationResult {
        match self.0.is_complete {
            Some(is_complete) if !is_complete(self.0.user, line.as_ptr(), line.len()) => ValidationResult::Incomplete,
            _ => ValidationResult::Complete,
        }
    }
}

struct Colors(Callbacks);

struct Pieces<'a> {
    text: &'a str,
    done: usize,
    styled: StyledText,
}

impl Pieces<'_> {
    fn push(&mut self, end: usize, style: Style) {
        if end > self.done {
            self.styled.push((style, self.text[self.done..end].to_string()));
            self.done = end;
        }
    }
}

extern "C" fn take_piece(sink: *mut c_void, start: usize, length: usize, class: u32) {
    // SAFETY: `sink` is the pointer that Colors::highlight handed to the callback, which is still running.
    let pieces = unsafe { &mut *sink.cast::<Pieces>() };
    let start = clamp(pieces.text, start);
    let end = clamp(pieces.text, start.saturating_add(length));
    pieces.push(start, Style::new());
    pieces.push(end, style_of(class));
}

impl Highlighter for Colors {
    fn highlight(&self, line: &str, _cursor: usize) -> StyledText {
        let mut pieces = Pieces { text: line, done: 0, styled: StyledText::new() };
        if let Some(highlight) = self.0.highlight {
            highlight(self.0.user, line.as_ptr(), line.len(), ptr::from_mut(&mut pieces).cast(), take_piece);
        }
        pieces.push(line.len(), Style::new());
        if pieces.styled.buffer.is_empty() {
            // reedline's painter expects at least one piece, also for an empty line.
            pieces.styled.push((Style::new(), String::new()));
        }
        pieces.styled
    }
}

struct Completions(Callbacks);

struct Found<'a> {
    text: &'a str,
    cursor: usize,
    suggestions: Vec<Suggestion>,
}

extern "C" fn take_completion(
    sink: *mut c_void,
    replacement: *const u8,
    replacement_length: usize,
    start: usize,
    description: *const u8,
    description_length: usize,
) {
    // SAFETY: `sink` is the pointer that Completions::complete handed to the callback, which is still running.
    let found = unsafe { &mut *sink.cast::<Found>() };
    // SAFETY: the interface asks for readable texts of these lengths.
    let Some(value) = (unsafe { lossy(replacement, replacement_length) }) else {
        return;
    };
    let description = unsafe { lossy(description, description_length) };
    let start = clamp(found.text, start.min(found.cursor));
    found.suggestions.push(Suggestion {
        value,
        description,
        span: Span::new(start, found.cursor),
        ..Suggestion::default()
    });
}

impl Completer for Completions {
    fn complete(&mut self, line: &str, position: usize) -> CompletionResult {
        let mut found = Found { text: line, cursor: clamp(line, position), suggestions: vec![] };
        if let Some(complete) = self.0.complete {
            let sink = ptr::from_mut(&mut found).cast();
            complete(self.0.user, line.as_ptr(), line.len(), position, sink, take_completion);
        }
        CompletionResult::fresh(found.suggestions)
    }
}

/// What the callback says, or else the rest of the newest matching history entry.
struct Hints {
    callbacks: Callbacks,
    style: Style,
    from_history: DefaultHinter,
    is_from_history: bool,
}

extern "C" fn take_hint(sink: *mut c_void, hint: *const u8, length: usize) {
    // SAFETY: `sink` is the pointer that Hints::handle handed to the callback, which is still running; the interface asks for a
    // readable text of this length.
    let (sink, hint) = unsafe { (&mut *sink.cast::<String>(), lossy(hint, length)) };
    *sink = hint.unwrap_or_default();
}

impl Hinter for Hints {
    fn handle(&mut self, line: &str, pos: usize, history: &dyn History, use_colors: bool, cwd: &str) -> String {
        let mut hint = String::new();
        if let Some(callback) = self.callbacks.hint {
            callback(self.callbacks.user, line.as_ptr(), line.len(), ptr::from_mut(&mut hint).cast(), take_hint);
        }
        self.is_from_history = hint.is_empty();
        if self.is_from_history {
            return self.from_history.handle(line, pos, history, use_colors, cwd);
        }
        self.style.paint(hint).to_string()
    }
    // The keys that accept a hint must not write a signature into the statement.
    fn complete_hint(&self) -> String {
        if self.is_from_history { self.from_history.complete_hint() } else { String::new() }
    }
    fn next_hint_token(&self) -> String {
        if self.is_from_history { self.from_history.next_hint_token() } else { String::new() }
    }
}

/// The history file, without the texts that must not be kept.
struct FilteredHistory {
    inner: FileBackedHistory,
    callbacks: Callbacks,
}

impl History for FilteredHistory {
    fn save(&mut self, item: HistoryItem) -> reedline::Result<HistoryItem> {
        let line = &item.command_line;
        match self.callbacks.is_for_history {
            Some(is_for_history) if !is_for_history(self.callbacks.user, line.as_ptr(), line.len()) => Ok(item),
            _ => self.inner.save(item),
        }
    }
    fn load(&self, id: HistoryItemId) -> reedline::Result<HistoryItem> {
        self.inner.load(id)
    }
    fn count(&self, query: SearchQuery) -> reedline::Result<i64> {
        self.inner.count(query)
    }
    fn search(&self, query: SearchQuery) -> reedline::Result<Vec<HistoryItem>> {
        self.inner.search(query)
    }
    fn update(
        &mut self,
        id: HistoryItemId,
        updater: &dyn Fn(HistoryItem) -> HistoryItem,
    ) -> reedline::Result<()> {
        self.inner.update(id, updater)
    }
    fn clear(&mut self) -> reedline::Result<()> {
        self.inner.clear()
    }
    fn delete(&mut self, id: HistoryItemId) -> reedline::Result<()> {
        self.inner.delete(id)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.inner.sync()
    }
    fn session(&self) -> Option<HistorySessionId> {
        self.inner.session()
    }
}

/// Opens the history file and takes its permissions from everyone but its owner before anything is written to it.
fn open_history(path: &Path, entries_max: usize) -> Result<FileBackedHistory, String> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let explain = |error: io::Error| format!("history file {}: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(explain)?;
    }
    let file = fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(explain)?;
    file.set_permissions(fs::Permissions::from_mode(0o600)).map_err(explain)?;
    FileBackedHistory::with_file(entries_max, path.to_path_buf())
        .map_err(|error| format!("history file {}: {error}", path.display()))
}

struct TextPrompt {
    first: String,
    continuation: String,
}

impl Prompt for TextPrompt {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.first)
    }
    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }
    fn render_prompt_indicator(&self, _mode: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed("")
    }
    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.continuation)
    }
    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        let state = match search.status {
            PromptHistorySearchStatus::Passing => "search",
            PromptHistorySearchStatus::Failing => "nothing found",
        };
        Cow::Owned(format!("({state}: {}) ", search.term))
    }
}

fn editor_with(history: FilteredHistory, options: &Options) -> Reedline {
    let menu = IdeMenu::default()
        .with_name(COMPLETION_MENU)
        // The prompt stays as it is; what stands behind the cursor tells the completer more.
        .with_marker("")
        .with_input_mode(InputMode::FullBuffer)
        .with_max_completion_height(10)
        .with_description_mode(DescriptionMode::PreferRight)
        .with_max_description_width(60);
    let reedline = Reedline::create()
        .with_history(Box::new(history))
        .with_validator(Box::new(EnterRule(options.callbacks)))
        .with_highlighter(Box::new(Colors(options.callbacks)))
        .with_completer(Box::new(Completions(options.callbacks)))
        .with_menu(ReedlineMenu::EngineCompleter(Box::new(menu)))
        .with_quick_completions(true)
        .with_partial_completions(true)
        .with_edit_mode(edit_mode(options.with_vi_keys))
        .with_ansi_colors(options.with_colors)
        .use_bracketed_paste(true);
    if options.with_colors {
        let style = Style::new().fg(Color::DarkGray);
        let from_history = DefaultHinter::default().with_style(style);
        reedline.with_hinter(Box::new(Hints { callbacks: options.callbacks, style, from_history, is_from_history: true }))
    } else {
        reedline.disable_hints()
    }
}

fn add_keys(keys: &mut Keybindings) {
    keys.add_binding(
        KeyModifiers::NONE,
        KeyCode::Tab,
        ReedlineEvent::UntilFound(vec![ReedlineEvent::Menu(COMPLETION_MENU.to_string()), ReedlineEvent::MenuNext]),
    );
    let new_line = ReedlineEvent::Edit(vec![EditCommand::InsertNewline]);
    keys.add_binding(KeyModifiers::ALT, KeyCode::Enter, new_line);
}

fn edit_mode(with_vi_keys: bool) -> Box<dyn EditMode> {
    if with_vi_keys {
        let mut keys = default_vi_insert_keybindings();
        add_keys(&mut keys);
        return Box::new(Vi::new(keys, default_vi_normal_keybindings(), default_vi_visual_keybindings()));
    }
    let mut keys = default_emacs_keybindings();
    add_keys(&mut keys);
    Box::new(Emacs::new(keys))
}

/// The text as C wants it: without NUL bytes, which a terminal can send but a statement cannot hold.
fn owned(text: &str) -> CString {
    CString::new(text.replace('\0', "")).unwrap_or_default()
}

fn line(status: Status, text: &str) -> Line {
    let text = owned(text);
    Line { status, length: text.as_bytes().len(), text: text.into_raw() }
}

/// # Safety
/// `options` points to valid options, `warning` is NULL or writable.
#[no_mangle]
pub unsafe extern "C" fn zerodb_line_editor_create(
    options: *const Options,
    warning: *mut *mut c_char,
) -> *mut LineEditor {
    let options = unsafe { &*options };
    // usize::MAX is refused by reedline; a million entries is past what a person types.
    let entries_max = options.history_entries_max.min(1_000_000);
    let mut problem = None;
    let mut inner = None;
    if !options.history_path.is_null() {
        let path = unsafe { CStr::from_ptr(options.history_path) };
        match open_history(&PathBuf::from(OsStr::from_bytes(path.to_bytes())), entries_max) {
            Ok(history) => inner = Some(history),
            Err(message) => problem = Some(message),
        }
    }
    if !warning.is_null() {
        unsafe { *warning = problem.map_or(ptr::null_mut(), |message| owned(&message).into_raw()) };
    }
    let inner = inner.unwrap_or_else(|| FileBackedHistory::new(entries_max).unwrap_or_default());
    let history = FilteredHistory { inner, callbacks: options.callbacks };
    Box::into_raw(Box::new(LineEditor { reedline: editor_with(history, options) }))
}

/// # Safety
/// `editor` comes from `zerodb_line_editor_create`; both prompts are NUL-terminated.
#[no_mangle]
pub unsafe extern "C" fn zerodb_line_editor_read(
    editor: *mut LineEditor,
    prompt: *const c_char,
    continuation: *const c_char,
) -> Line {
    let editor = unsafe { &mut *editor };
    let prompt = TextPrompt {
        first: unsafe { CStr::from_ptr(prompt) }.to_string_lossy().into_owned(),
        continuation: unsafe { CStr::from_ptr(continuation) }.to_string_lossy().into_owned(),
    };
    match editor.reedline.read_line(&prompt) {
        Ok(Signal::Success(text)) => {
            // Written at once, so that the history survives a shell that is killed. A full disk must not stop the shell.
            let _ = editor.reedline.sync_history();
            line(Status::Submitted, &text)
        }
        Ok(Signal::CtrlC) => line(Status::Interrupted, ""),
        Ok(Signal::CtrlD) => line(Status::Ended, ""),
        Ok(_) => line(Status::Failed, "the line editor stopped without a line"),
        Err(error) => line(Status::Failed, &error.to_string()),
    }
}

/// # Safety
/// `editor` comes from `zerodb_line_editor_create`; `text` points to `length` readable bytes.
#[no_mangle]
pub unsafe extern "C" fn zerodb_line_editor_set_text(editor: *mut LineEditor, text: *const u8, length: usize) {
    let (editor, text) = unsafe { (&mut *editor, lossy(text, length).unwrap_or_default()) };
    editor.reedline.run_edit_commands(&[EditCommand::Clear, EditCommand::InsertString(text)]);
}

/// # Safety
/// `editor` is NULL or comes from `zerodb_line_editor_create` and is not used again.
#[no_mangle]
pub unsafe extern "C" fn zerodb_line_editor_destroy(editor: *mut LineEditor) {
    if !editor.is_null() {
        drop(unsafe { Box::from_raw(editor) });
    }
}

/// # Safety
/// `text` is NULL or was handed out by this library and is not used again.
#[no_mangle]
pub unsafe extern "C" fn zerodb_line_text_free(text: *mut c_char) {
    if !text.is_null() {
        drop(unsafe { CString::from_raw(text) });
    }
}

#[cfg(test)]
mod tests;
