//! rust-analyzer's engine over the fixture: texts with a cursor go in, what an editor would show comes out.

use std::error::Error;
use std::path::Path;

use ra_ap_hir::ChangeWithProcMacros;
use ra_ap_ide::{
    Analysis, AnalysisHost, CallableSnippets, CompletionConfig, CompletionFieldsToResolve, FileId, FilePosition, FileRange,
    GotoDefinitionConfig, HoverConfig, HoverDocFormat, SubstTyLen, TextRange, TextSize,
};
use ra_ap_ide_db::imports::insert_use::{ImportGranularity, InsertUseConfig, PrefixKind};
use ra_ap_ide_db::ra_fixture::RaFixtureConfig;
use ra_ap_load_cargo::{LoadCargoConfig, ProcMacroServerChoice, load_workspace_at};
use ra_ap_paths::AbsPathBuf;
use ra_ap_project_model::{CargoConfig, RustLibSource};
use ra_ap_vfs::{Vfs, VfsPath};

/// Marks the cursor in a text.
pub const CURSOR: &str = "$0";

/// The engine, and the file whose text is replaced.
pub struct Engine {
    host: AnalysisHost,
    files: Vfs,
    file: FileId,
}

impl Engine {
    /// Loads a package: builds its macros, and reads its dependencies.
    pub fn load(package: &Path) -> Result<Self, Box<dyn Error>> {
        let cargo = CargoConfig { sysroot: Some(RustLibSource::Discover), ..CargoConfig::default() };
        let load = LoadCargoConfig {
            load_out_dirs_from_check: true,
            with_proc_macro_server: ProcMacroServerChoice::Sysroot,
            prefill_caches: false,
            num_worker_threads: 1,
            proc_macro_processes: 1,
        };
        let (database, files, server) = load_workspace_at(package, &cargo, &load, &|_| {})?;
        std::mem::forget(server); // it ends with this program, and not before
        let path = AbsPathBuf::assert_utf8(package.join("src/lib.rs"));
        let (file, _) = files.file_id(&VfsPath::from(path)).ok_or("the package has a library")?;
        Ok(Self { host: AnalysisHost::with_database(database), files, file })
    }

    /// Puts a text in the file, and tells where the cursor is.
    fn open(&mut self, text: &str) -> (Analysis, FilePosition) {
        let offset = text.find(CURSOR).expect("a text has a cursor");
        let mut change = ChangeWithProcMacros::default();
        change.change_file(self.file, Some(text.replace(CURSOR, "")));
        self.host.apply_change(change);
        let offset = TextSize::new(u32::try_from(offset).expect("a text is short"));
        (self.host.analysis(), FilePosition { file_id: self.file, offset })
    }

    /// What hovering shows.
    pub fn hover(&mut self, text: &str) -> String {
        let (analysis, position) = self.open(text);
        let config = HoverConfig {
            links_in_hover: false,
            memory_layout: None,
            documentation: true,
            keywords: false,
            format: HoverDocFormat::PlainText,
            max_trait_assoc_items_count: None,
            max_fields_count: Some(5),
            max_enum_variants_count: None,
            max_subst_ty_len: SubstTyLen::Unlimited,
            show_drop_glue: false,
            ra_fixture: RaFixtureConfig::default(),
        };
        let range = FileRange { file_id: position.file_id, range: TextRange::empty(position.offset) };
        let hover = analysis.hover(&config, range).expect("nobody changes the text meanwhile");
        hover.map(|hover| hover.info.markup.to_string()).unwrap_or_default()
    }

    /// Where the definitions are: files, and the lines from the name on.
    pub fn definitions(&mut self, text: &str) -> String {
        let (analysis, position) = self.open(text);
        let config = GotoDefinitionConfig { ra_fixture: RaFixtureConfig::default() };
        let found = analysis.goto_definition(position, &config).expect("nobody changes the text meanwhile");
        let places = found.into_iter().flat_map(|found| found.info).map(|target| {
            let path = self.files.file_path(target.file_id).to_string();
            let text = analysis.file_text(target.file_id).expect("nobody changes the text meanwhile");
            let start = usize::from(target.focus_range.unwrap_or(target.full_range).start());
            let line = text[..start].lines().count();
            format!("{path}:{line}: {}\n", text[start..].lines().next().unwrap_or_default())
        });
        places.collect()
    }

    /// What completion offers.
    pub fn completions(&mut self, text: &str) -> Vec<String> {
        let (analysis, position) = self.open(text);
        let config = CompletionConfig {
            enable_postfix_completions: false,
            enable_imports_on_the_fly: false,
            enable_self_on_the_fly: false,
            enable_auto_iter: false,
            enable_auto_await: false,
            enable_private_editable: false,
            enable_term_search: false,
            term_search_fuel: 0,
            full_function_signatures: false,
            callable: Some(CallableSnippets::AddParentheses),
            add_colons_to_module: false,
            add_semicolon_to_unit: false,
            snippet_cap: None,
            insert_use: InsertUseConfig {
                granularity: ImportGranularity::Crate,
                enforce_granularity: true,
                prefix_kind: PrefixKind::ByCrate,
                group: true,
                skip_glob_imports: true,
            },
            prefer_no_std: false,
            prefer_prelude: true,
            prefer_absolute: false,
            snippets: Vec::new(),
            limit: None,
            fields_to_resolve: CompletionFieldsToResolve::empty(),
            exclude_flyimport: Vec::new(),
            exclude_traits: &[],
            ra_fixture: RaFixtureConfig::default(),
        };
        let found = analysis.completions(&config, position, None).expect("nobody changes the text meanwhile");
        found.into_iter().flatten().map(|item| item.label.primary.to_string()).collect()
    }
}
