use super::*;
use std::os::unix::fs::PermissionsExt;

extern "C" fn ends_in_semicolon(_user: *mut c_void, text: *const u8, length: usize) -> bool {
    unsafe { slice::from_raw_parts(text, length) }.ends_with(b";")
}

extern "C" fn has_no_secret(_user: *mut c_void, text: *const u8, length: usize) -> bool {
    !unsafe { lossy(text, length) }.unwrap().contains("PASSWORD")
}

/// Emits pieces that overlap, cut a character and reach past the end.
extern "C" fn wild_pieces(_user: *mut c_void, _text: *const u8, _length: usize, sink: *mut c_void, emit: EmitPiece) {
    emit(sink, 0, 2, 1);
    emit(sink, 1, 3, 6);
    emit(sink, usize::MAX, usize::MAX, 5);
}

extern "C" fn wild_completions(
    _user: *mut c_void,
    _text: *const u8,
    _length: usize,
    _cursor: usize,
    sink: *mut c_void,
    emit: EmitCompletion,
) {
    emit(sink, b"SELECT".as_ptr(), 6, 1, ptr::null(), 0);
    emit(sink, b"SET".as_ptr(), 3, 99, b"an option".as_ptr(), 9);
    emit(sink, ptr::null(), 0, 0, ptr::null(), 0);
}

extern "C" fn hint_of_call(_user: *mut c_void, text: *const u8, length: usize, sink: *mut c_void, emit: EmitHint) {
    if unsafe { lossy(text, length) }.unwrap().ends_with('(') {
        emit(sink, b"text string)".as_ptr(), 12);
    }
}

fn callbacks() -> Callbacks {
    Callbacks {
        user: ptr::null_mut(),
        is_complete: Some(ends_in_semicolon),
        highlight: Some(wild_pieces),
        complete: Some(wild_completions),
        is_for_history: Some(has_no_secret),
        hint: Some(hint_of_call),
    }
}

fn temporary(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("zerodb_line_editor_{}_{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    folder
}

#[test]
fn clamps_to_characters() {
    for (position, expected) in [(0, 0), (1, 1), (2, 1), (3, 3), (4, 3)] {
        assert_eq!(clamp("aé", position), expected);
    }
}

#[test]
fn enter_submits_complete_text_only() {
    let rule = EnterRule(callbacks());
    assert!(matches!(rule.validate("SELECT 1"), ValidationResult::Incomplete));
    assert!(matches!(rule.validate("SELECT 1;"), ValidationResult::Complete));
}

#[test]
fn highlighting_keeps_the_text() {
    let colors = Colors(callbacks());
    for text in ["", "a", "ééé", "SELECT 'ö' FROM t"] {
        let shown: String = colors.highlight(text, 0).buffer.into_iter().map(|(_, piece)| piece).collect();
        assert_eq!(shown, text);
    }
    assert!(!colors.highlight("", 0).buffer.is_empty());
}

#[test]
fn completions_replace_up_to_the_cursor() {
    let result = Completions(callbacks()).complete("xSE", 3);
    let found: Vec<_> = result.suggestions().iter().map(|s| (s.value.as_str(), s.span.start, s.span.end)).collect();
    assert_eq!(found, [("SELECT", 1, 3), ("SET", 3, 3)]);
    assert_eq!(result.suggestions()[1].description.as_deref(), Some("an option"));
}

#[test]
fn a_hint_is_shown_and_never_inserted() {
    let mut history = FileBackedHistory::new(10).unwrap();
    history.save(HistoryItem::from_command_line("SELECT 1;")).unwrap();
    let mut hints = Hints {
        callbacks: callbacks(),
        style: Style::new(),
        from_history: DefaultHinter::default(),
        is_from_history: true,
    };
    assert_eq!(hints.handle("length(", 7, &history, false, ""), "text string)");
    assert_eq!((hints.complete_hint(), hints.next_hint_token()), (String::new(), String::new()));
    assert_eq!(hints.handle("SEL", 3, &history, false, ""), "ECT 1;");
    assert_eq!(hints.complete_hint(), "ECT 1;");
}

#[test]
fn history_is_private_and_without_secrets() {
    let folder = temporary("history");
    let path = folder.join("deep/history");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "SELECT 1;\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let mut history = FilteredHistory { inner: open_history(&path, 100).unwrap(), callbacks: callbacks() };
    history.save(HistoryItem::from_command_line("DEFINE USER x PASSWORD 'y';")).unwrap();
    history.save(HistoryItem::from_command_line("SELECT\n2;")).unwrap();
    history.sync().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "SELECT 1;\nSELECT<\\n>2;\n");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn an_unusable_history_file_is_a_warning() {
    let folder = temporary("unusable");
    fs::create_dir_all(&folder).unwrap();
    let path = CString::new(folder.as_os_str().as_bytes()).unwrap();
    let options =
        Options { history_path: path.as_ptr(), history_entries_max: usize::MAX, with_colors: true, with_vi_keys: true, callbacks: callbacks() };
    let mut warning = ptr::null_mut();
    unsafe {
        let editor = zerodb_line_editor_create(&options, &mut warning);
        assert!(CStr::from_ptr(warning).to_str().unwrap().starts_with("history file"));
        zerodb_line_text_free(warning);
        zerodb_line_editor_destroy(editor);
        zerodb_line_editor_destroy(ptr::null_mut());
        zerodb_line_text_free(ptr::null_mut());
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_line_carries_no_nul() {
    let result = line(Status::Submitted, "a\0b");
    assert_eq!(result.length, 2);
    assert_eq!(unsafe { CStr::from_ptr(result.text) }.to_bytes(), b"ab");
    unsafe { zerodb_line_text_free(result.text) };
}
