// The line editor of the interactive shell: multi-line editing with the keys of Emacs or vi, history, highlighting and completion.
//
// A C interface over the Rust crate reedline, built into the archive of native/. An editor belongs to one thread; the callbacks
// run on that thread, only inside zerodb_line_editor_read, and must not throw. Every text is UTF-8 with an explicit length, every
// position a byte offset. A position that is out of range or inside a character is moved to the nearest valid one before it.
#ifndef ZERODB_LINE_EDITOR_H
#define ZERODB_LINE_EDITOR_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct zerodb_line_editor zerodb_line_editor;

// How a piece of the text is shown.
typedef enum zerodb_text_class {
  ZERODB_TEXT_PLAIN = 0,
  ZERODB_TEXT_KEYWORD = 1,
  ZERODB_TEXT_NAME = 2,
  ZERODB_TEXT_FUNCTION = 3,
  ZERODB_TEXT_TYPE = 4,
  ZERODB_TEXT_NUMBER = 5,
  ZERODB_TEXT_STRING = 6,
  ZERODB_TEXT_PARAMETER = 7,
  ZERODB_TEXT_OPERATOR = 8,
  ZERODB_TEXT_COMMENT = 9,
  ZERODB_TEXT_ERROR = 10,
} zerodb_text_class;

// Receives one highlighted piece; `sink` is the pointer handed to the callback. Pieces come in order; gaps are plain.
typedef void (*zerodb_emit_piece)(void* sink, size_t start, size_t length, zerodb_text_class text_class);

// Receives one completion: it replaces the text from `start` to the cursor. `description` may be NULL.
typedef void (*zerodb_emit_completion)(void* sink, const char* replacement, size_t replacement_length, size_t start,
                                       const char* description, size_t description_length);

// Receives the hint: what is shown dimmed behind the text. It is never inserted.
typedef void (*zerodb_emit_hint)(void* sink, const char* hint, size_t length);

// `user` is handed to every callback. A callback that is NULL is not called.
typedef struct zerodb_line_editor_callbacks {
  void* user;
  // Whether Enter submits the text; otherwise it starts a new line. Without it Enter always submits.
  bool (*is_complete)(void* user, const char* text, size_t length);
  void (*highlight)(void* user, const char* text, size_t length, void* sink, zerodb_emit_piece emit);
  void (*complete)(void* user, const char* text, size_t length, size_t cursor, void* sink, zerodb_emit_completion emit);
  // Whether the text may be written to the history, which a text that holds a secret must not be.
  bool (*is_for_history)(void* user, const char* text, size_t length);
  // Asked when the cursor is at the end. Without a hint the rest of the newest matching history entry is shown.
  void (*hint)(void* user, const char* text, size_t length, void* sink, zerodb_emit_hint emit);
} zerodb_line_editor_callbacks;

typedef struct zerodb_line_editor_options {
  // The history is kept in this file, made readable by its owner only; NULL keeps it in memory.
  const char* history_path;
  size_t history_entries_max;
  // Colours, and hints shown dimmed behind the cursor.
  bool with_colors;
  // The keys of vi, not those of Emacs.
  bool with_vi_keys;
  zerodb_line_editor_callbacks callbacks;
} zerodb_line_editor_options;

typedef enum zerodb_line_status {
  ZERODB_LINE_SUBMITTED = 0,    // text is what was typed
  ZERODB_LINE_INTERRUPTED = 1,  // Ctrl-C
  ZERODB_LINE_ENDED = 2,        // Ctrl-D on an empty line
  ZERODB_LINE_FAILED = 3,       // text says why, for example that the input is no terminal
} zerodb_line_status;

// `text` belongs to the caller, ends in a NUL byte that `length` does not count, and is freed with zerodb_line_text_free.
typedef struct zerodb_line {
  zerodb_line_status status;
  char* text;
  size_t length;
} zerodb_line;

// Never NULL. When the history file cannot be used, `*warning` (unless NULL) tells why, is freed with zerodb_line_text_free, and
// the history is kept in memory; otherwise it is set to NULL.
zerodb_line_editor* zerodb_line_editor_create(const zerodb_line_editor_options* options, char** warning);

// Shows the prompt, both NUL-terminated, and edits until a text is submitted or given up. `continuation` stands before each
// further line.
zerodb_line zerodb_line_editor_read(zerodb_line_editor* editor, const char* prompt, const char* continuation);

// What the next read starts with, to be edited further.
void zerodb_line_editor_set_text(zerodb_line_editor* editor, const char* text, size_t length);

// Writes the history file. NULL is allowed.
void zerodb_line_editor_destroy(zerodb_line_editor* editor);

// NULL is allowed.
void zerodb_line_text_free(char* text);

#ifdef __cplusplus
}
#endif

#endif  // ZERODB_LINE_EDITOR_H
