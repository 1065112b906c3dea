// effects: see effects.h.
#include "mutator/rewrite/effects.h"

#include <algorithm>

#include <clang/Basic/Builtins.h>

namespace nanobug::rewrite {
namespace {

using namespace clang;

constexpr int kDeepest = 5;  // of calls into bodies, and of types in types

bool of_a_library(const Decl& declaration) {
  return declaration.isInStdNamespace() ||
         declaration.getASTContext().getSourceManager().isInSystemHeader(declaration.getLocation());
}

// What nobody sees here may have effects. Libraries whose classes hold values, and whose const functions
// compute unless their names say otherwise, are known by their namespaces.
bool is_known(const Decl& declaration) {
  const NamespaceDecl* outermost = nullptr;
  for (const DeclContext* at = declaration.getDeclContext(); at; at = at->getParent())
    if (const auto* space = dyn_cast<NamespaceDecl>(at)) outermost = space;
  static constexpr std::string_view kNames = " std __gnu_cxx at c10 torch ";
  return outermost && outermost->getIdentifier() &&
         kNames.find(' ' + outermost->getNameAsString() + ' ') != std::string_view::npos;
}

// An operator that computes wherever it is declared; `<<` may send, `|` may run a pipeline, `()` anything.
bool computes(OverloadedOperatorKind sign) {
  switch (sign) {
    case OO_Plus:
    case OO_Minus:
    case OO_Star:
    case OO_Slash:
    case OO_Percent:
    case OO_Tilde:
    case OO_Exclaim:
    case OO_EqualEqual:
    case OO_ExclaimEqual:
    case OO_Less:
    case OO_Greater:
    case OO_LessEqual:
    case OO_GreaterEqual:
    case OO_Spaceship:
    case OO_AmpAmp:
    case OO_PipePipe:
    case OO_Subscript:
      return true;
    default:
      return false;
  }
}

bool is_value(QualType type, int depth);

// What a destructor does that somebody has written: does it give back what the object has, and nothing else?
bool only_gives_back(const CXXDestructorDecl& destructor, int depth);

// Does the class say itself how it is copied? Then what it points to is its own.
bool says_how_it_is_copied(const CXXRecordDecl& record) {
  return std::any_of(record.ctor_begin(), record.ctor_end(), [](const CXXConstructorDecl* made) {
    return made->isCopyConstructor() && made->isUserProvided() && !made->isDeleted();
  });
}

// The class that a type, or what it refers to, is; null where it is none, or not complete.
const CXXRecordDecl* class_of(QualType type) {
  const CXXRecordDecl* record = type.getNonReferenceType()->getAsCXXRecordDecl();
  return record ? record->getDefinition() : nullptr;
}

// A class of the standard library by this name.
bool is_std(const CXXRecordDecl& record, StringRef name) {
  return record.isInStdNamespace() && record.getIdentifier() && record.getName() == name;
}

// What it does when it goes is another's to say: a deleter that somebody wrote, or one that nobody can see.
bool may_end_something(const ClassTemplateSpecializationDecl& record) {
  const auto type_at = [&](unsigned i) {
    const auto& arguments = record.getTemplateArgs();
    return i < arguments.size() && arguments[i].getKind() == TemplateArgument::Type ? arguments[i].getAsType()
                                                                                    : QualType();
  };
  if (!is_std(record, "unique_ptr")) return false;
  const CXXRecordDecl* deleter = type_at(1).isNull() ? nullptr : type_at(1)->getAsCXXRecordDecl();
  return !deleter || !is_std(*deleter, "default_delete");
}

// Its parts are held by a pointer with a deleter of the library's own.
bool is_path(const CXXRecordDecl& record) {
  const DeclContext* space = record.getDeclContext();
  while (space->isInlineNamespace()) space = space->getParent();
  const auto* named = dyn_cast<NamespaceDecl>(space);
  return record.getIdentifier() && record.getName() == "path" && named && named->isInStdNamespace() &&
         named->getName() == "filesystem";
}

bool are_values(ArrayRef<TemplateArgument> arguments, int depth) {
  return std::all_of(arguments.begin(), arguments.end(), [&](const TemplateArgument& argument) {
    if (argument.getKind() == TemplateArgument::Type) return is_value(argument.getAsType(), depth);
    return argument.getKind() != TemplateArgument::Pack || are_values(argument.getPackAsArray(), depth);
  });
}

bool is_value(QualType type, int depth) {
  type = type.getCanonicalType().getNonReferenceType();
  while (const ArrayType* array = type->getAsArrayTypeUnsafe()) type = array->getElementType();
  if (type->isDependentType() || depth > kDeepest) return false;
  const CXXRecordDecl* record = type->getAsCXXRecordDecl();
  if (!record) return true;
  record = record->getDefinition();
  if (!record) return false;
  if (record->hasTrivialDestructor() || is_path(*record)) return true;
  if (is_std(*record, "shared_ptr")) return false;  // it may hold what others only point to
  const CXXDestructorDecl* destructor = record->getDestructor();
  if (destructor && destructor->isUserProvided()) {
    const auto* filled = dyn_cast<ClassTemplateSpecializationDecl>(record);
    if ((filled && may_end_something(*filled)) || is_std(*record, "any")) return false;
    if (!says_how_it_is_copied(*record)) return false;
    if (is_known(*record))
      return !filled || !record->isInStdNamespace() ||
             are_values(filled->getTemplateArgs().asArray(), depth + 1);
    if (!only_gives_back(*destructor, depth)) return false;
  }
  return std::all_of(record->bases_begin(), record->bases_end(),
                     [&](const CXXBaseSpecifier& base) { return is_value(base.getType(), depth + 1); }) &&
         std::all_of(record->field_begin(), record->field_end(), [&](const FieldDecl* field) {
           return field->getType()->isReferenceType() || is_value(field->getType(), depth + 1);
         });
}

// Has it that operator, as a template too?
bool has_call_operator(const CXXRecordDecl& record) {
  return std::any_of(record.decls_begin(), record.decls_end(), [](const Decl* each) {
    const auto* pattern = dyn_cast<FunctionTemplateDecl>(each);
    const auto* method = dyn_cast<CXXMethodDecl>(pattern ? pattern->getTemplatedDecl() : each);
    return method && method->getOverloadedOperator() == OO_Call;
  });
}

// Something that a function may call back.
bool is_callable(QualType type) {
  type = type.getNonReferenceType();
  if (type->isFunctionType() || type->isFunctionPointerType() || type->isMemberFunctionPointerType())
    return true;
  const CXXRecordDecl* record = class_of(type);
  return record && has_call_operator(*record);
}

// What only looks at the elements between two iterators, whatever else these can do.
bool only_looks(const std::string& name) {
  static constexpr std::string_view kNames =
      " accumulate reduce inner_product transform_reduce count count_if find find_if find_if_not "
      "find_first_of "
      "find_end all_of any_of none_of distance equal max_element min_element minmax_element is_sorted "
      "is_sorted_until lower_bound upper_bound equal_range binary_search mismatch search search_n "
      "adjacent_find "
      "lexicographical_compare is_permutation includes next prev begin end cbegin cend size ssize empty get "
      "make_pair make_tuple operator== operator!= operator<=> operator< operator> operator<= operator>= "
      "operator- operator+ ";
  return kNames.find(' ' + name + ' ') != std::string_view::npos;
}

// Const functions of it write to what it refers to.
bool writes_in_place(const CXXRecordDecl& record) {
  return is_std(record, "atomic_ref") || is_std(record, "__atomic_ref");
}

// An iterator, a view, a reference in an object: by a const one the elements can be written.
bool writes_through(QualType type) {
  const CXXRecordDecl* record = class_of(type);
  if (!record) return false;
  if (writes_in_place(*record)) return true;
  for (const char* name : {"back_insert_iterator", "front_insert_iterator", "insert_iterator",
                           "ostream_iterator", "ostreambuf_iterator"})
    if (is_std(*record, name)) return true;
  return std::any_of(record->method_begin(), record->method_end(), [](const CXXMethodDecl* method) {
    const auto is = method->getOverloadedOperator();
    const bool gives = (is == OO_Star && method->getNumParams() == 0) || is == OO_Subscript || is == OO_Arrow;
    const QualType given = method->getReturnType();
    return gives && method->isConst() && (given->isReferenceType() || given->isPointerType()) &&
           !given->getPointeeType().isConstQualified();
  });
}

// Reading the next element is something that happens to the stream.
bool reads_a_stream(QualType type) {
  const CXXRecordDecl* record = type.getNonReferenceType()->getAsCXXRecordDecl();
  return record && (is_std(*record, "istream_iterator") || is_std(*record, "istreambuf_iterator"));
}

// A class of the program's own that does something when it is made, copied, assigned, compared or destroyed.
bool does_something(QualType type) {
  const CXXRecordDecl* record = class_of(type);
  if (!record || record->isLambda() || of_a_library(*record)) return false;
  if (!record->isTriviallyCopyable() || record->hasUserDeclaredConstructor() ||
      (record->hasDefaultConstructor() && !record->hasTrivialDefaultConstructor()))
    return true;
  if (has_call_operator(*record)) return true;
  return std::any_of(record->method_begin(), record->method_end(), [](const CXXMethodDecl* method) {
    return method->isOverloadedOperator() && !method->isImplicit() && !method->isDefaulted();
  });
}

bool do_something(ArrayRef<TemplateArgument> arguments) {
  return std::any_of(arguments.begin(), arguments.end(), [](const TemplateArgument& argument) {
    if (argument.getKind() == TemplateArgument::Pack) return do_something(argument.getPackAsArray());
    if (argument.getKind() != TemplateArgument::Type) return false;
    QualType type = argument.getAsType().getNonReferenceType();
    while (type->isPointerType()) type = type->getPointeeType();
    const CXXRecordDecl* record = type->getAsCXXRecordDecl();
    const auto* filled = dyn_cast_or_null<ClassTemplateSpecializationDecl>(record);
    return does_something(type) ||
           (filled && of_a_library(*filled) && do_something(filled->getTemplateArgs().asArray()));
  });
}

// Could a function of the library run what the program's own classes do? One that is asked of an object reads
// the object.
bool runs_others(const FunctionDecl& callee) {
  const auto* arguments = callee.getTemplateSpecializationArgs();
  if (arguments && do_something(arguments->asArray())) return true;
  const auto* made = dyn_cast<CXXConstructorDecl>(&callee);
  const auto* filled = made ? dyn_cast<ClassTemplateSpecializationDecl>(made->getParent()) : nullptr;
  return filled && do_something(filled->getTemplateArgs().asArray());
}

// What a function of the library is called: std::ranges::equal is an object of a class __equal_fn.
std::string called(const FunctionDecl& callee) {
  const auto* method = dyn_cast<CXXMethodDecl>(&callee);
  if (!method || method->getOverloadedOperator() != OO_Call) return callee.getNameAsString();
  StringRef name = method->getParent()->getName();
  name.consume_front("__");
  name.consume_front("_");
  name.consume_back("_fn");
  name.consume_back("Fn");
  return StringRef(name).lower();
}

// __expf and its kin: numbers in, a number out.
bool is_of_the_device(const FunctionDecl& callee) {
  return callee.hasAttr<CUDADeviceAttr>() && !callee.hasBody() &&
         callee.getReturnType()->isRealFloatingType() && callee.getNumParams() > 0 &&
         std::all_of(callee.param_begin(), callee.param_end(),
                     [](const ParmVarDecl* each) { return each->getType()->isRealFloatingType(); });
}

class Purity {
 public:
  // `body`: the function whose own variables may change; null for an expression by itself.
  explicit Purity(int depth, const DeclContext* body = nullptr) : depth_(depth), body_(body) {}

  // And these may.
  Purity(int depth, llvm::DenseSet<const VarDecl*> own)
      : depth_(depth), body_(nullptr), own_(std::move(own)) {}

  // Of a destructor: what its object has may be given back, and its members may change.
  static bool gives_back(const FunctionDecl& destructor, int depth) {
    Purity purity(depth, &destructor);
    purity.ends_ = true;
    return purity.holds(destructor.getBody());
  }

  bool holds(const Stmt* tree) {
    if (!tree || is_not_evaluated(*tree)) return true;
    // Making a lambda is not to run it, but its captures are made.
    if (const auto* lambda = dyn_cast<LambdaExpr>(tree))
      return std::all_of(lambda->capture_init_begin(), lambda->capture_init_end(),
                         [&](const Expr* each) { return holds(each); });
    if (ends_ && is_given_back(*tree))
      return std::all_of(tree->child_begin(), tree->child_end(),
                         [&](const Stmt* child) { return holds(child); });
    if (isa<CXXThrowExpr, CXXNewExpr, CXXDeleteExpr, CoawaitExpr, CoyieldExpr, CoreturnStmt, AsmStmt,
            StmtExpr, CXXTryStmt, PseudoObjectExpr, VAArgExpr, AtomicExpr>(tree))
      return false;
    // To go from one element of a container to the next is nothing.
    if (const auto* loop = dyn_cast<CXXForRangeStmt>(tree); loop && goes_through_elements(*loop))
      return holds(loop->getInit()) && holds(loop->getRangeInit()) && holds(*loop->getLoopVariable()) &&
             holds(loop->getBody());
    if (const auto* given = dyn_cast<CXXDefaultArgExpr>(tree)) return holds(given->getExpr());
    if (const auto* given = dyn_cast<CXXDefaultInitExpr>(tree)) return holds(given->getExpr());
    if (const auto* expression = dyn_cast<Expr>(tree); expression && !holds_here(*expression)) return false;
    if (const auto* declared = dyn_cast<DeclStmt>(tree))
      for (const Decl* each : declared->decls())
        if (!holds(*each)) return false;
    return std::all_of(tree->child_begin(), tree->child_end(),
                       [&](const Stmt* child) { return holds(child); });
  }

 private:
  bool holds(const Decl& declared) {
    const auto* variable = dyn_cast<VarDecl>(&declared);
    if (!variable) return true;
    return variable->hasLocalStorage() && is_value(variable->getType(), 0);
  }

  static bool goes_through_elements(const CXXForRangeStmt& loop) {
    const Expr* range = loop.getRangeInit();
    if (!range || range->isTypeDependent()) return false;
    const CXXRecordDecl* record = range->getType().getNonReferenceType()->getAsCXXRecordDecl();
    const QualType element = loop.getLoopVariable()->getType();
    return (record ? of_a_library(*record) && !is_std(*record, "istream_view") &&
                         !is_std(*record, "basic_istream_view")
                   : range->getType()->isArrayType()) &&
           is_value(element, 0);
  }

  // sizeof(int[++n]) is, its size being that of a variable array.
  static bool is_not_evaluated(const Stmt& tree) {
    const auto* asked = dyn_cast<UnaryExprOrTypeTraitExpr>(&tree);
    return isa<CXXNoexceptExpr>(tree) || (asked && !asked->getTypeOfArgument()->isVariablyModifiedType());
  }

  bool holds_here(const Expr& expression) {
    if (expression.isTypeDependent() || expression.getType().isVolatileQualified()) return false;
    if (const auto* unary = dyn_cast<UnaryOperator>(&expression); unary && unary->isIncrementDecrementOp())
      return is_own(unary->getSubExpr());
    if (const auto* binary = dyn_cast<BinaryOperator>(&expression); binary && binary->isAssignmentOp())
      return is_own(binary->getLHS());
    if (const auto* call = dyn_cast<CallExpr>(&expression)) return call_holds(*call);
    if (const auto* made = dyn_cast<CXXConstructExpr>(&expression)) return construction_holds(*made);
    if (const auto* made = dyn_cast<CXXInheritedCtorInitExpr>(&expression))
      return constructor_holds(*made->getConstructor());
    if (const auto* bound = dyn_cast<CXXBindTemporaryExpr>(&expression)) return is_value(bound->getType(), 0);
    return true;
  }

  // Memory that is freed: delete, free(), an allocator's deallocate().
  static bool is_given_back(const Stmt& tree) {
    if (const auto* destroyed = dyn_cast<CXXDeleteExpr>(&tree)) {
      const QualType type = destroyed->getDestroyedType();
      return !type.isNull() && is_value(type, 1);
    }
    const auto* call = dyn_cast<CallExpr>(&tree);
    const FunctionDecl* callee = call ? call->getDirectCallee() : nullptr;
    if (!callee) return false;
    const OverloadedOperatorKind sign = callee->getOverloadedOperator();
    const std::string name = callee->getNameAsString();
    return sign == OO_Delete || sign == OO_Array_Delete || callee->getBuiltinID() == Builtin::BIfree ||
           (of_a_library(*callee) && (name == "free" || name == "deallocate"));
  }

  // Inside of a body that is looked into, its own variables may change.
  bool is_own(const Expr* target) const {
    if (const auto* member = dyn_cast<MemberExpr>(target->IgnoreParenImpCasts()); ends_ && member)
      return isa<FieldDecl>(member->getMemberDecl()) &&
             !member->getMemberDecl()->getType()->isReferenceType() &&
             isa<CXXThisExpr>(member->getBase()->IgnoreParenImpCasts());
    const auto* reference = dyn_cast<DeclRefExpr>(target->IgnoreParenImpCasts());
    const auto* variable = reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
    if (!variable || !variable->hasLocalStorage() || variable->getType()->isReferenceType()) return false;
    return (body_ && variable->getDeclContext() == body_) || own_.contains(variable);
  }

  bool body_holds(const FunctionDecl& callee) const {
    const FunctionDecl* definition = nullptr;
    return depth_ < kDeepest && callee.hasBody(definition) &&
           Purity(depth_ + 1, definition).holds(definition->getBody());
  }

  // Can the callee change what this argument stands for?
  static bool only_reads(QualType parameter, const Expr* argument, bool looks, bool copies) {
    if (reads_a_stream(parameter) || (!looks && writes_through(parameter))) return false;
    if (copies && parameter->isLValueReferenceType()) return true;
    if (parameter->isRValueReferenceType())
      return argument && isa<MaterializeTemporaryExpr>(argument->IgnoreImpCasts());
    if (!parameter->isReferenceType() && !parameter->isPointerType()) return true;
    return parameter->getPointeeType().isConstQualified();
  }

  template <class Call>
  static bool arguments_only_read(const FunctionDecl& callee, const Call& call, unsigned first) {
    if (only_gives_access(callee)) return true;
    const bool looks = !of_a_library(callee) || isa<CXXConstructorDecl>(callee) || only_looks(called(callee));
    // Whatever they are given, they make something of a copy.
    const std::string name = callee.getNameAsString();
    const bool copies = callee.isInStdNamespace() && !isa<CXXMethodDecl>(callee) &&
                        (name == "make_pair" || name == "make_tuple" || name == "make_optional");
    for (unsigned i = 0; i < callee.getNumParams() && i + first < call.getNumArgs(); ++i)
      if (!only_reads(callee.getParamDecl(i)->getType(), call.getArg(i + first), looks, copies)) return false;
    return !callee.isVariadic() || callee.getBuiltinID() != 0;
  }

  // Is what is handed over to be called back harmless too?
  template <class Call>
  bool callbacks_hold(const Call& call, unsigned first) const {
    return std::all_of(call.arg_begin() + first, call.arg_end(), [&](const Expr* argument) {
      if (!is_callable(argument->getType())) return true;
      const auto* lambda = dyn_cast<LambdaExpr>(argument->IgnoreImplicit());
      return lambda && depth_ < kDeepest && is_value(argument->getType(), 0) &&
             Purity(depth_ + 1, lambda->getCallOperator()).holds(lambda->getBody());
    });
  }

  bool call_holds(const CallExpr& call) const {
    const FunctionDecl* callee = call.getDirectCallee();
    if (!callee || call.getType()->isVoidType()) return false;
    if (const auto* method = dyn_cast<CXXMethodDecl>(callee)) return method_holds(*method, call);
    const auto& builtins = callee->getASTContext().BuiltinInfo;
    const unsigned builtin = callee->getBuiltinID();  // std::sqrt is ::sqrt, whose only effect is errno
    const bool known = (builtin && (builtins.isConst(builtin) || builtins.isPure(builtin) ||
                                    builtins.isConstWithoutErrnoAndExceptions(builtin))) ||
                       callee->isInStdNamespace() || is_of_the_device(*callee) ||
                       callee->hasAttr<ConstAttr>() || callee->hasAttr<PureAttr>() || is_operation(*callee) ||
                       makes_a_tensor(*callee);
    if (!arguments_only_read(*callee, call, 0)) return false;
    return known ? callbacks_hold(call, 0) && !runs_others(*callee) : body_holds(*callee);
  }

  // An operator of a library that is known, or one that cannot be seen and that computes by what it is.
  static bool is_operation(const FunctionDecl& callee) {
    const OverloadedOperatorKind sign = callee.getOverloadedOperator();
    return sign != OO_None && (is_known(callee) || (!callee.hasBody() && computes(sign)));
  }

  // Of LibTorch's free functions those that compute a tensor of their arguments and nothing else; one that
  // draws moves the generator on.
  static bool makes_a_tensor(const FunctionDecl& callee) {
    static constexpr std::string_view kNames =
        " ones zeros full empty eye arange linspace ones_like zeros_like full_like empty_like tensor "
        "scalar_tensor "
        "triu tril cat concat stack matmul mm bmm addmm einsum outer dot softmax log_softmax sigmoid tanh "
        "relu "
        "gelu silu exp log log1p expm1 sqrt rsqrt pow abs neg sum mean var std prod cumsum logsumexp max min "
        "argmax argmin amax amin topk sort argsort where masked_select gather index_select nonzero one_hot "
        "clamp "
        "maximum minimum eq ne lt le gt ge logical_and logical_or logical_not isnan isinf isfinite allclose "
        "equal "
        "norm layer_norm rms_norm group_norm linear embedding cross_entropy nll_loss mse_loss pad roll flip "
        "transpose permute reshape squeeze unsqueeze chunk split outer meshgrid repeat_interleave diagonal "
        "diag "
        "scaled_dot_product_attention unbind clone detach sin cos floor ceil round sign ";
    return is_known(callee) && !callee.isInStdNamespace() && callee.getIdentifier() &&
           kNames.find(' ' + callee.getNameAsString() + ' ') != std::string_view::npos;
  }

  // A snippet has LibTorch's values without their namespace.
  static bool is_called_as_a_value(const CXXRecordDecl& record) {
    return record.getIdentifier() && (record.getName() == "Tensor" || record.getName() == "Generator");
  }

  // Of a known library: what acts although it is const. Tensor libraries mark the member functions that write
  // with a `_` at the end.
  static bool acts(const CXXMethodDecl& method) {
    const StringRef name = method.getIdentifier() ? method.getName() : "";
    if (name.ends_with("_") || name.starts_with("register") || name.starts_with("set_")) return true;
    static constexpr std::string_view kNames =
        " request_stop resume destroy backward retain_grad record_stream synchronize save run_method ";
    return !name.empty() && kNames.find(' ' + name.str() + ' ') != std::string_view::npos;
  }

  bool method_holds(const CXXMethodDecl& method, const CallExpr& call) const {
    const auto* operation = dyn_cast<CXXOperatorCallExpr>(&call);
    if (operation && operation->isAssignmentOp()) return false;
    if (!(method.isConst() || method.isStatic() || only_gives_access(method)) ||
        !arguments_only_read(method, call, operation ? 1 : 0) || happens(method))
      return false;
    if (method.isConst() && writes_in_place(*method.getParent())) return false;
    if (method.getOverloadedOperator() == OO_Call && !method.getParent()->isLambda() &&
        of_a_library(method) && is_callable_holder(*method.getParent()))
      return false;
    if (is_known(method))
      return !acts(method) && !looks_up_by_another(method) && callbacks_hold(call, operation ? 1 : 0) &&
             !runs_others(method);
    const CXXMethodDecl* runs = method_that_runs(method, call);
    if (!runs) return false;
    if (runs->hasBody()) return body_holds(*runs);
    // What cannot be seen may do anything, whatever it promises of its object.
    return runs->hasAttr<ConstAttr>() || runs->hasAttr<PureAttr>() || is_operation(*runs) ||
           isa<CXXConversionDecl>(runs) || (is_called_as_a_value(*runs->getParent()) && !acts(*runs));
  }

  // The method whose body a call runs; null where one that nobody sees here may override it.
  static const CXXMethodDecl* method_that_runs(const CXXMethodDecl& method, const CallExpr& call) {
    if (!method.isVirtual()) return &method;
    const Expr* object = nullptr;
    if (const auto* asked = dyn_cast<CXXMemberCallExpr>(&call)) {
      const auto* name = dyn_cast<MemberExpr>(asked->getCallee()->IgnoreParens());
      if (name && name->hasQualifier()) return &method;
      object = asked->getImplicitObjectArgument();
    } else if (isa<CXXOperatorCallExpr>(call)) {
      object = call.getArg(0);
    }
    return object ? method.getDevirtualizedMethod(object, /*IsAppleKext=*/false) : nullptr;
  }

  // To what it is given: std::get<0>(pair), std::move(x).
  static bool only_gives_access(const FunctionDecl& callee) {
    static constexpr std::string_view kNames =
        " get get_if begin end rbegin rend data addressof as_const forward move ";
    if (!callee.isInStdNamespace() || isa<CXXMethodDecl>(callee) || callee.getNumParams() != 1 ||
        kNames.find(' ' + callee.getNameAsString() + ' ') == std::string_view::npos)
      return false;
    QualType of = callee.getParamDecl(0)->getType().getNonReferenceType();
    if (of->isPointerType()) of = of->getPointeeType();
    const CXXRecordDecl* record = of->getAsCXXRecordDecl();
    return !record || of_a_library(*record) || callee.getName() == "move" || callee.getName() == "forward";
  }

  // By an order or a hash that the program has written itself.
  static bool looks_up_by_another(const CXXMethodDecl& method) {
    static constexpr std::string_view kNames =
        " find count contains at operator[] lower_bound upper_bound equal_range ";
    const StringRef name = method.getParent()->getName();
    const auto* filled = dyn_cast<ClassTemplateSpecializationDecl>(method.getParent());
    if (!filled || !(name.contains("map") || name.contains("set")) ||
        kNames.find(' ' + method.getNameAsString() + ' ') == std::string_view::npos)
      return false;
    const auto arguments = filled->getTemplateArgs().asArray();
    return do_something(arguments.take_front()) ||
           do_something(arguments.drop_front(name.contains("map") ? 2 : 1));
  }

  // To an element, by a reference or an iterator that can do more.
  static bool only_gives_access(const CXXMethodDecl& method) {
    static constexpr std::string_view kNames =
        " operator[] at front back top begin end rbegin rend data operator* operator-> value find "
        "lower_bound "
        "upper_bound equal_range ";
    const std::string name = method.getNameAsString();
    const bool makes_one = name == "operator[]" && method.getParent()->getName().contains("map");
    return of_a_library(method) && !makes_one && method.getNumParams() <= 1 &&
           kNames.find(' ' + name + ' ') != std::string_view::npos;
  }

  // Waiting, and what is set for everybody.
  static bool happens(const CXXMethodDecl& method) {
    const StringRef of = method.getParent()->getName();
    const std::string name = method.getNameAsString();
    return of_a_library(method) && (of.ends_with("future") || name == "sync_with_stdio" || name == "global" ||
                                    name.starts_with("wait"));
  }

  // std::function and its kin: what they call, nobody knows.
  static bool is_callable_holder(const CXXRecordDecl& record) {
    const StringRef name = record.getName();
    return name.contains("function") || name == "reference_wrapper" || name == "packaged_task" ||
           name.contains_insensitive("_bind") || name.contains_insensitive("not_fn") ||
           name.contains_insensitive("mem_fn");
  }

  bool construction_holds(const CXXConstructExpr& made) const {
    const CXXConstructorDecl& constructor = *made.getConstructor();
    if (!arguments_only_read(constructor, made, 0)) return false;
    if (is_known(constructor) && !constructor.isCopyOrMoveConstructor() && !callbacks_hold(made, 0))
      return false;
    return constructor_holds(constructor);
  }

  bool constructor_holds(const CXXConstructorDecl& constructor) const {
    if (constructor.isTrivial()) return true;
    if (is_known(constructor)) return !runs_others(constructor);
    const FunctionDecl* definition = nullptr;
    if (depth_ >= kDeepest || !constructor.hasBody(definition)) return false;
    const auto* written = cast<CXXConstructorDecl>(definition);
    Purity inner(depth_ + 1);
    return std::all_of(written->init_begin(), written->init_end(),
                       [&](const CXXCtorInitializer* each) { return inner.holds(each->getInit()); }) &&
           Purity(depth_ + 1, written).holds(definition->getBody());
  }

  int depth_;
  const DeclContext* body_;
  llvm::DenseSet<const VarDecl*> own_;
  bool ends_ = false;
};

bool only_gives_back(const CXXDestructorDecl& destructor, int depth) {
  const FunctionDecl* definition = nullptr;
  return depth < kDeepest && destructor.hasBody(definition) && Purity::gives_back(*definition, depth + 1);
}

}  // namespace

bool only_computes(const Stmt* statement) {
  return Purity(0).holds(statement);
}

bool is_value(QualType type) {
  return is_value(type, 0);
}

bool only_writes(const Stmt* statement, ArrayRef<const VarDecl*> variables) {
  llvm::DenseSet<const VarDecl*> own(variables.begin(), variables.end());
  SmallVector<const Stmt*> left{statement};
  while (!left.empty()) {
    const Stmt* at = left.pop_back_val();
    if (!at) continue;
    if (isa<ReturnStmt, BreakStmt, ContinueStmt, GotoStmt, LabelStmt, SwitchCase>(at)) return false;
    if (const auto* declared = dyn_cast<DeclStmt>(at))
      for (const Decl* each : declared->decls())
        if (const auto* one = dyn_cast<VarDecl>(each)) own.insert(one);
    left.append(at->child_begin(), at->child_end());
  }
  return Purity(0, std::move(own)).holds(statement);
}

}  // namespace nanobug::rewrite
